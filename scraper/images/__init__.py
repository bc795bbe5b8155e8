"""The pictures of a crawl: found on its pages, fetched, held to be pictures, put into files.

kinds       bytes of a picture: its kind, its pixels, whether they are whole
files       the names of the files
wanted      which pictures the written articles show
candidates  the captures of a picture, in the order in which they are tried
fetcher     one capture: requested, followed to what is served, stored
judging     one capture: whether it is a picture, in a worker process
image_crawler  each picture to its end
plan        what a run is asked for, and what it would take
run         a run as a whole
"""
