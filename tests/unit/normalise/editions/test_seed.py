"""Each construct of the site's content, as the exact text of the seed edition.

The tables hold a piece of content in the site's own (raw) form and the blocks that it becomes.
"""

from __future__ import annotations

import re

import pytest
from support.pages import (
    AVATAR,
    FOLDER,
    FORMS,
    FRAME,
    NAME,
    ORIGIN,
    OWN,
    PICTURE,
    PROMO,
    PROMO_SHOWN,
    WEB,
    article_of,
    blocks_of,
    hidden,
    page,
    table,
)

from normalise import render
from normalise.tree import (
    Paragraph,
    Rule,
    Text,
)

Constructs = dict[str, tuple[str, str]]

ADDRESS = "captain@ferry.example"
KEY = hidden(ADDRESS)
PROTECTION = "/cdn-cgi/l/email-protection"
MASK = "[email&#160;protected]"
MASK_SHOWN = "[email\xa0protected]"
HIDDEN = f'class="__cf_email__" data-cfemail="{KEY}"'
HIDDEN_LINK = f'<a href="{PROTECTION}" {HIDDEN}>{MASK}</a>'
HIDDEN_SPAN = f"<span {HIDDEN}>{MASK}</span>"

# --- 70 constructs that the files of the reference archive show --------------------------------

RUNNING_TEXT: Constructs = {
    "paragraph": (
        "<p>渡輪今早停航，<strong>風大</strong>——碼頭空無一人。</p>",
        "渡輪今早停航， **風大** ——碼頭空無一人。",
    ),
    "bold inside a word": (
        "<p>老船長<strong>親自</strong>掌舵，乘客鼓掌。</p>",
        "老船長 **親自** 掌舵，乘客鼓掌。",
    ),
    "bold with a blank before it": (
        "<p>霧散了。 <strong>「起航！」</strong>他喊道。</p>",
        "霧散了。 **「起航！」** 他喊道。",
    ),
    "two bolds side by side": (
        "<p><strong>潮漲</strong><strong>潮退：</strong></p>",
        "**潮漲** **潮退：**",
    ),
    "italic": ("<p><em>圖為舊碼頭</em></p>", "*圖為舊碼頭*"),
    "italic within bold": (
        "<p><strong><em>攝於黃昏</em></strong></p>",
        "***攝於黃昏***",
    ),
    "italic at the end of bold": (
        "<p><strong>燈塔守夜人如是說<em>《海角》</em></strong></p>",
        "**燈塔守夜人如是說 *《海角》***",
    ),
    "bold round a no-break space": ("<p><strong>&nbsp;</strong></p>", "****"),
    "empty bold between texts": (
        "<h3>浮標失蹤<strong></strong>船家報警</h3>",
        "### 浮標失蹤 **** 船家報警",
    ),
    "empty italic in bold": ("<p><strong><em></em></strong></p>", "******"),
    "bold round a break": ("<p><strong><br></strong></p>", "**  \n**"),
    "bold that ends with a break": (
        "<p><strong>警告：<br>\n</strong>．浪高三米</p>",
        "**警告：   \n** ．浪高三米",
    ),
    "bold that begins with a break": (
        "<p><strong><br>\n2019年各碼頭班次：</strong></p>",
        "**  \n 2019年各碼頭班次：**",
    ),
    "break": ("<p>頭等艙<br />\n-二等艙</p>", "頭等艙   \n -二等艙"),
    "two breaks": ("<p>通告：<br />\n<br />\n各位乘客</p>", "通告：   \n   \n 各位乘客"),
    "break at the start": ("<p><br />\n東線：（兩班）</p>", "  \n 東線：（兩班）"),
    "break at the end": ("<p>船歌如下：<br />\n</p>", "船歌如下：   \n"),
    "paragraph of one break": ("<p><br></p>", "  \n"),
    "paragraph of two breaks": ("<p><br><br></p>", "  \n   \n"),
    "blank paragraphs": ("<p>&nbsp;</p><p> </p><p></p><p>船到</p>", "船到"),
    "no-break spaces within a text": (
        "<p>&nbsp;成人票 &nbsp; &nbsp;12.5&nbsp;</p>",
        "成人票 \xa0 \xa012.5",
    ),
    "ideographic spaces": ("<p>乘風\u3000破浪\u3000</p>", "乘風\u3000破浪"),
    "sub, span, u, font and sup": (
        "<ol><li>H<sub>2</sub>O<span>，</span><u>鹽</u><font>與</font>m<sup>3</sup></li></ol>",
        "1. H 2 O ， 鹽 與 m 3",
    ),
    "typed signs of Markdown": (
        "<p>3** c_d # [y] &lt;z&gt; Q&amp;A ~ | \\</p>",
        "3** c_d # [y] <z> Q&A ~ | \\",
    ),
    "typed number": ("<p>2. 風浪表</p>", "2. 風浪表"),
}

LINKS: Constructs = {
    "link to another site": (
        '<p>詳見<a href="http://tide.example/en/">潮汐表</a>第二頁。</p>',
        f"詳見 [潮汐表]({WEB}http://tide.example/en/) 第二頁。",
    ),
    "link to the same site": (
        '<p><em><a href="/ferry-map">看航線圖 →</a></em></p>',
        f"*[看航線圖 →]({OWN}/ferry-map)*",
    ),
    "link within bold": (
        '<p><strong><a href="https://short.example/Pier">碼頭--之三</a></strong></p>',
        f"**[碼頭--之三]({WEB}https://short.example/Pier)**",
    ),
    "link with other letters in its address": (
        '<p><a href="http://short.example/北角碼頭">渡輪(二)</a></p>',
        f"[渡輪(二)]({WEB}http://short.example/北角碼頭)",
    ),
    "link with a blank in its address": (
        '<p>See <a href="http:// www.tide.example/">tide.example</a></p>',
        f"See [tide.example]({WEB}http:// www.tide.example/)",
    ),
    "link that the archive leaves alone": (
        '<p>【船期】<a href="short.example/2F">short.example/2F</a></p>',
        "【船期】 [short.example/2F](short.example/2F)",
    ),
    "brackets in the text of a link": (
        '<p><a href="/notes?a=1&amp;b=2">[註一]</a></p>',
        f"[[註一]]({OWN}/notes?a=1&b=2)",
    ),
    "link without text or address": (
        '<p><a name="x"></a><a href="/y"></a>汽笛<a>長鳴</a></p>',
        "汽笛 長鳴",
    ),
    "link with a broken address": (
        '<p>早上（九時）<a href="<iframe src="https://frame.example/x">直播</a>，其後</p>',
        "早上（九時） [直播](<iframe src=) ，其後",
    ),
    "link round a break": ('<p>（初五）<a href="/z"><br></a></p>', f"（初五） [  \n]({OWN}/z)"),
    "bold and break within a link": (
        '<blockquote><a href="/w"><strong>海事處第八號</strong><br />\n</a>公告</blockquote>',
        f"> [**海事處第八號**   \n]({OWN}/w) 公告\n",
    ),
}

HEADINGS: Constructs = {
    "heading 2": ("<h2>三、離島的冬天</h2>", "## 三、離島的冬天"),
    "heading 3": ("<h3>怎樣看浪</h3>", "### 怎樣看浪"),
    "heading 4": ("<h4>漁民也是地主</h4>", "#### 漁民也是地主"),
    "bold in a heading": ("<h3><strong>舵手：轉左</strong></h3>", "### **舵手：轉左**"),
    "link in a heading": (
        '<h3><a href="https://www.hkcnews.com/event/7">【海\u3000港】專題</a></h3>',
        f"### [【海\u3000港】專題]({WEB}https://www.hkcnews.com/event/7)",
    ),
    "break within a heading 3": (
        "<h3>船泊岸<br />\n人未散</h3>",
        "### 船泊岸   \n 人未散",
    ),
    "break at the start of a heading": ("<h4><br />\n航海科：</h4>", "####   \n 航海科："),
    "breaks at the end of a heading": (
        "<h4>致船公司的信<br />\n<br />\n</h4>",
        "#### 致船公司的信   \n   \n",
    ),
    "empty heading": ("<h3>&nbsp;</h3>", "### "),
    "break within a heading 4": (
        "<h4>座無虛席<br />\n加開一班</h4>",
        "> 座無虛席   \n>  加開一班",
    ),
    "breaks within a heading 2": (
        "<h2>1998年<br />\n舊碼頭<br />\n最後一夜</h2>",
        "> 1998年   \n>  舊碼頭   \n>  最後一夜",
    ),
}

LISTS: Constructs = {
    "unordered list": (
        "<ul><li>沒有帶傘</li><li>沒有買票，也沒有排隊</li></ul>",
        "- 沒有帶傘\n\n- 沒有買票，也沒有排隊",
    ),
    "ordered list": (
        "<ol>\n<li><strong>先上船；</strong></li>\n<li>後補票。</li>\n</ol>",
        "1. **先上船；**\n\n1. 後補票。",
    ),
    "paragraph in an item": (
        "<ul><li><p>近岸有霧。</p></li></ul>",
        "- 近岸有霧。\n\n近岸有霧。",
    ),
    "nested list": (
        "<ul><li>三島：<ul><li>長洲</li><li>南丫</li></ul></li></ul>",
        "- 三島： 長洲 南丫\n\n- 長洲\n\n- 南丫",
    ),
}

QUOTES: Constructs = {
    "quote": ("<blockquote>浪聲很大，我們很靜。</blockquote>", "> 浪聲很大，我們很靜。\n"),
    "quote with breaks": (
        "<blockquote>風來的時候，<br />\n帆滿，<br />\n人(與貓)不語。</blockquote>",
        "> 風來的時候，   \n 帆滿，   \n 人(與貓)不語。\n",
    ),
    "quote with paragraphs": (
        "<blockquote>\n<p><strong>Mind the gap.</strong></p>\n<p>小心空隙</p></blockquote>",
        "> **Mind the gap.**\n\n> 小心空隙",
    ),
    "quote with a paragraph and a list": (
        "<blockquote><p>甲板</p><ul><li>A lifeboat</li></ul></blockquote>",
        "> 甲板\n\n> - A lifeboat",
    ),
    "heading in a quote": (
        "<blockquote><h2>這不是演習。</h2></blockquote>",
        "> 這不是演習。\n\n\n> ## 這不是演習。",
    ),
}

TABLES: Constructs = {
    "table": (
        (
            "<table><tbody><tr><td>航線</td><td>準點</td></tr><tr><td>東線</td><td>9%</td></tr>"
            "<tr><td><strong>西線</strong></td><td><strong>8%</strong></td></tr></tbody></table>"
        ),
        "\n| 航線 | 準點 |\n| --- | --- |\n| 東線 | 9% |\n| **西線** | **8%** |\n",
    ),
    "short rows, spans and a break in a cell": (
        (
            '<table><tr><td colspan="2"><strong>班次</strong></td></tr>'
            "<tr><td>早上<br />\n六時</td><td>開</td></tr><tr><td>夜</td></tr></table>"
        ),
        "\n| **班次** |  |\n| --- | --- |\n| 早上   \n 六時 | 開 |\n| 夜 |  |\n",
    ),
    "table of one row": (
        "<table><tr><td></td><th>風</th></tr></table>",
        "\n|  | 風 |\n| --- | --- |\n",
    ),
    "two tables": (
        "<table><tr><td>甲</td></tr></table><table><tr><td>乙</td></tr></table>",
        "\n| 甲 |\n| --- |\n\n\n\n| 乙 |\n| --- |\n",
    ),
}

PHOTO = "/news_新聞/hk-discuss/2019/02/渡輪-20190213112233_0f1e_large.jpg"


def figure(caption: str = "", *, source: str = f"{PICTURE}{ORIGIN}{PHOTO}", alt: str = "") -> str:
    line = f"<figcaption>{caption}</figcaption>\n" if caption else ""
    return f'<figure>\n<img src="{source}" alt="{alt}">\n{line}</figure>'


def video(address: str) -> str:
    return f'\n{{{{< video src="{address}" >}}}}\n'


FIGURES: Constructs = {
    "figure with a caption": (
        f'<figure class="image"><img src="{PHOTO}" />\n<figcaption>船尾。</figcaption></figure>',
        figure("船尾。"),
    ),
    "figure with a blank caption and & in its address": (
        (
            '<figure class="image"><img alt="" src="/news_新聞/a&amp;b%20c_large.png" />'
            "<figcaption>&nbsp;</figcaption></figure>"
        ),
        figure(source=f"{PICTURE}{ORIGIN}/news_新聞/a&b%20c_large.png"),
    ),
    "figure with an alternative text": (
        f'<figure><img alt="Old pier at " src="{PHOTO}"><figcaption>1957年。</figcaption></figure>',
        figure("1957年。", alt="Old pier at "),
    ),
    "caption with other elements": (
        (
            f'<figure><img alt="" src="{PHOTO}"><figcaption>鳥瞰。 <a href="/p"> 來源</a> '
            "<strong>Ferry</strong> Co</figcaption></figure>"
        ),
        figure("鳥瞰。來源FerryCo"),
    ),
    "figure without an address": (
        '<figure><img alt="" src=""><figcaption>無圖</figcaption></figure>',
        figure("無圖", source=""),
    ),
    "picture outside a figure": (
        '<p><img alt="Chart" src="https://chart.example/made.svg"></p>',
        f"![Chart]({PICTURE}https://chart.example/made.svg)",
    ),
    "video": (
        '<p><iframe src="https://www.youtube.com/embed/aBcDeFgHiJk" allowfullscreen></iframe></p>',
        video(f"{FRAME}https://www.youtube.com/embed/aBcDeFgHiJk"),
    ),
    "video without a scheme": (
        '<iframe src="//www.dailymotion.com/embed/video/x0"></iframe>',
        video(
            "//web.archive.org"
            + FRAME.partition(".org")[2]
            + "https://www.dailymotion.com/embed/video/x0"
        ),
    ),
    "video with an address in its address": (
        (
            '<iframe src="https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook'
            '.com%2Fferry%2F42%2F&amp;show_text=0&amp;width=400"></iframe>'
        ),
        video(
            f"{FRAME}https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook"
            ".com%2Fferry%2F42%2F&show_text=0&width=400"
        ),
    ),
    "rule and promo": (PROMO, PROMO_SHOWN),
}

# --- beyond the 70: rarer pages (docs/seed-format.md 3, 4) ---------------------------------------

MAIL: Constructs = {
    "hidden address in a link": (
        f"<p>寫信到{HIDDEN_LINK}報名</p>",
        f"寫信到 [{ADDRESS}](mailto:{ADDRESS}) 報名",
    ),
    "hidden address in a span": (
        f"<p>寫信到{HIDDEN_SPAN}報名</p>",
        f"寫信到 {ADDRESS} 報名",
    ),
    "hidden address in the fragment behind other text": (
        f'<p>用<a href="{PROTECTION}#{KEY}">電郵</a>報名</p>',
        f"用 [電郵](mailto:{ADDRESS}) 報名",
    ),
    "hidden address in the fragment behind the placeholder": (
        f'<p><a href="{PROTECTION}#{KEY}">{MASK}</a></p>',
        f"[{ADDRESS}](mailto:{ADDRESS})",
    ),
    "hidden address in the fragment and in a span": (
        f'<p><a href="{PROTECTION}#{KEY}">{HIDDEN_SPAN}</a></p>',
        f"[{ADDRESS}](mailto:{ADDRESS})",
    ),
    "hidden address in a span within a link without a key": (
        f'<p><a href="{PROTECTION}">{HIDDEN_SPAN}</a></p>',
        f"[{ADDRESS}](mailto:{ADDRESS})",
    ),
    "hidden address with a subject": (
        f'<p><a href="{PROTECTION}#{hidden(ADDRESS + "?subject=船票")}">{MASK}</a></p>',
        f"[{ADDRESS}](mailto:{ADDRESS}?subject=船票)",
    ),
    "hidden address with a subject behind other text": (
        f'<p><a href="{PROTECTION}#{hidden(ADDRESS + "?subject=a%20b")}">訂票</a></p>',
        f"[訂票](mailto:{ADDRESS}?subject=a%20b)",
    ),
    "hidden address in a caption": (
        f'<figure><img src="{PHOTO}"><figcaption>自攝 {HIDDEN_LINK} 供圖</figcaption></figure>',
        figure(f"自攝{ADDRESS}供圖"),
    ),
    "hidden address in a heading": (f"<h3>投稿：{HIDDEN_SPAN}</h3>", f"### 投稿： {ADDRESS}"),
    "hidden address in bold in an item": (
        f"<ul><li><strong>{HIDDEN_LINK}</strong></li></ul>",
        f"- **[{ADDRESS}](mailto:{ADDRESS})**",
    ),
    "hidden address in capital hex digits": (
        f'<p><span data-cfemail="{KEY.upper()}">{MASK}</span></p>',
        ADDRESS,
    ),
    "placeholder without a key": (
        f'<p><a href="{PROTECTION}" class="__cf_email__">{MASK}</a></p>',
        f"[{MASK_SHOWN}]({OWN}{PROTECTION})",
    ),
    "placeholder with half a key": (
        f'<p><a href="{PROTECTION}" class="__cf_email__" data-cfemail="8a">{MASK}</a></p>',
        f"[{MASK_SHOWN}]({OWN}{PROTECTION})",
    ),
    "placeholder in a span with a broken key": (
        f'<p>問<span class="__cf_email__" data-cfemail="zz{KEY}">{MASK}</span>吧</p>',
        f"問 {MASK_SHOWN} 吧",
    ),
    "fragment that is no key": (
        f'<p><a href="{PROTECTION}#{KEY[:-1]}">電郵</a></p>',
        f"[電郵]({OWN}{PROTECTION}#{KEY[:-1]})",
    ),
}

OTHER_LINKS: Constructs = {
    "mailto link": (
        '<p><a href="mailto:crew@ferry.example">寫信</a></p>',
        "[寫信](mailto:crew@ferry.example)",
    ),
    "javascript link": (
        '<p><a href="javascript:void(0)">展開</a></p>',
        "[展開](javascript:void(0))",
    ),
    "telephone link": (
        '<p><a href="tel:+85200000000">致電</a></p>',
        "[致電](tel:+85200000000)",
    ),
    "link to a place on the page": ('<p><a href="#note1">註</a></p>', "[註](#note1)"),
    "link of the author to the archive": (
        '<p><a href="https://web.archive.org/web/2016/http://pier.example/">舊頁</a></p>',
        f"[舊頁]({WEB}https://web.archive.org/web/2016/http://pier.example/)",
    ),
    "link of the author to the archive's host alone": (
        '<p><a href="https://web.archive.org">檔案館</a></p>',
        f"[檔案館]({WEB}https://web.archive.org/)",
    ),
    "link to a host alone": (
        '<p><a href="https://pier.example">碼頭</a></p>',
        f"[碼頭]({WEB}https://pier.example/)",
    ),
    "link with a host at the end of its query": (
        '<p><a href="https://share.example/?u=https://pier.example">分享</a></p>',
        f"[分享]({WEB}https://share.example/?u=https://pier.example)",
    ),
    "link with two slashes before its last segment": (
        '<p><a href="/event//7">專題</a></p>',
        f"[專題]({OWN}/event//7)",
    ),
    "link with a question mark at its end": (
        '<p><a href="https://pier.example/list?">名單</a><a href="/list?">又</a></p>',
        f"[名單]({WEB}https://pier.example/list) [又]({OWN}/list)",
    ),
    "link without a scheme": (
        '<p><a href="//pier.example/x">無名</a></p>',
        "[無名](//web.archive.org" + WEB.partition(".org")[2] + "https://pier.example/x)",
    ),
    "link to the folder above": (
        '<p><a href="../x">上層</a></p>',
        f"[上層]({OWN}/article/31415/x)",
    ),
    "relative link": ('<p><a href="part2.htm">下篇</a></p>', "[下篇](part2.htm)"),
    "relative picture": (
        '<p><img alt="圖" src="images/buoy.png"></p>',
        f"![圖]({PICTURE}{FOLDER}/images/buoy.png)",
    ),
    "picture without a scheme": (
        '<p><img alt="" src="//cdn.example/b.png"></p>',
        "![](//web.archive.org" + PICTURE.partition(".org")[2] + "https://cdn.example/b.png)",
    ),
    "picture in the address itself": (
        '<p><img alt="" src="data:image/gif;base64,R0lGODlh"></p>',
        "![](data:image/gif;base64,R0lGODlh)",
    ),
    "picture that a script loads late": (
        f'<figure><img alt="" src="" data-src="{PHOTO}"></figure>',
        figure(),
    ),
    "video of the site itself": (
        '<iframe src="/embed/ferry.html"></iframe>',
        video(f"{FRAME}{ORIGIN}/embed/ferry.html"),
    ),
}

OTHER_BLOCKS: Constructs = {
    "hidden heading in the content": ('<h2 class="hidden">渡輪,海</h2><p>汽笛響</p>', "汽笛響"),
    "headings 1, 5 and 6": (
        "<h1>船頭</h1><h5>船身</h5><h6>船尾</h6>",
        "# 船頭\n\n##### 船身\n\n###### 船尾",
    ),
    "nested quote": (
        "<blockquote>外港<blockquote>內港</blockquote></blockquote>",
        "> 外港 內港\n\n\n> 內港\n",
    ),
    "nested quote with paragraphs": (
        "<blockquote><p>外港</p><blockquote><p>內港</p></blockquote></blockquote>",
        "> 外港\n\n> 內港",
    ),
    "item in a quote without paragraphs": (
        "<blockquote><ol><li>收帆</li></ol></blockquote>",
        "> 收帆\n\n\n> 1. 收帆",
    ),
    "quote in an item": (
        "<ul><li>他說<blockquote>走吧</blockquote></li></ul>",
        "- 他說 走吧\n\n> 走吧\n",
    ),
    "break within a heading 4 in a quote": (
        "<blockquote><p>甲</p><h4>一<br>二</h4></blockquote>",
        "> 甲\n\n> 一   \n>  二",
    ),
    "empty item and empty quote": (
        "<ul><li> </li><li>繩</li></ul><blockquote> </blockquote>",
        "- 繩",
    ),
    "item outside a list": ("<li>錨</li>", "- 錨"),
    "list with a start number": ('<ol start="4"><li>第四條</li></ol>', "1. 第四條"),
    "blocks in wrappers": (
        "<div><section><p>甲</p><div><h3>乙</h3></div></section></div>",
        "甲\n\n### 乙",
    ),
    "text outside any paragraph": (
        "散落的字<p>甲</p><div>又一句</div>",
        "散落的字\n\n甲\n\n又一句",
    ),
    "noscript in a paragraph": ("<p>前<noscript>中</noscript>後</p>", "前 後"),
    "paragraph in noscript": ("<noscript><p>沒有腳本</p></noscript>", "沒有腳本"),
    "script, style and comment": (
        (
            "<script>var t = '<p>不</p>';</script><style>p { color: red }</style><!-- <p>不</p> -->"
            "<p>甲<script>1</script>乙<style>p {}</style>丙<!-- 不 -->丁</p>"
        ),
        "甲 乙 丙 丁",
    ),
    "template": ("<template><p>不</p></template><p>甲<template>不</template></p>", "甲"),
    "figure in a paragraph of its own": (
        f'<div><p>甲</p><figure><img alt="" src="{PHOTO}"></figure></div>',
        f"甲\n\n{figure()}",
    ),
    "figure with two pictures": (
        f'<figure><img alt="一" src="{PHOTO}"><img alt="二" src="/2.png"></figure>',
        figure(alt="一"),
    ),
    "figure without a picture": ("<figure><figcaption>只有字</figcaption></figure><p>甲</p>", "甲"),
    "caption of several lines": (
        f'<figure><img alt="" src="{PHOTO}"><figcaption>上\n下<br>\n左</figcaption></figure>',
        figure("上 下左"),
    ),
    "quotation mark in an alternative text": (
        f'<figure><img alt=\'the "Star"\' src="{PHOTO}"></figure>',
        figure(alt="the &quot;Star&quot;"),
    ),
    "figure and video in a quote": (
        (
            f'<blockquote><p>看</p><figure><img alt="" src="{PHOTO}"></figure>'
            '<iframe src="https://v.example/1"></iframe></blockquote>'
        ),
        f"> 看\n\n{figure()}\n\n{video(FRAME + 'https://v.example/1')}",
    ),
    "blocks in a table": (
        "<table><tr><td><p>一</p><p>二</p></td><td><ul><li>三</li></ul></td></tr></table>",
        "\n| 一 二 | 三 |\n| --- | --- |\n",
    ),
    "table without cells": ("<table><tr></tr></table><p>甲</p>", "甲"),
    "frame without an address": ("<iframe></iframe><p>甲</p>", "甲"),
    "zero-width spaces at the ends": ("<p>\u200b甲\u200b</p>", "\u200b甲\u200b"),
    "emoji, private letters and marks of direction": ("<p>⛴️\uf728\u202e甲</p>", "⛴️\uf728\u202e甲"),
    "empty content": ("", ""),
}

SEVENTY = (RUNNING_TEXT, LINKS, HEADINGS, LISTS, QUOTES, TABLES, FIGURES)
BEYOND = (MAIL, OTHER_LINKS, OTHER_BLOCKS)


def in_every_form(html: str) -> dict[str, str]:
    """The blocks of a page, by the form of the page."""
    return {name: blocks_of(form(html)) for name, form in FORMS.items()}


@table("html markdown", *SEVENTY, *BEYOND)
def test_construct_gives_its_blocks(html: str, markdown: str) -> None:
    assert in_every_form(page(html)) == dict.fromkeys(FORMS, markdown)


def test_all_seventy_constructs_are_here() -> None:
    assert sum(map(len, SEVENTY)) == 70


# --- the tail of the page: promo and author box ---------------------------------------------

PROMOS: Constructs = {
    "subscription": (PROMO, PROMO_SHOWN),
    "end of the crowdfunding": (
        PROMO.replace("請加入成為", "我們的眾籌活動已結束，謝謝你們的支持。你可以加入成為"),
        PROMO_SHOWN.replace("請加入成為", "我們的眾籌活動已結束，謝謝你們的支持。你可以加入成為"),
    ),
    "crowdfunding appeal": (
        (
            "<hr>\n<p><strong>眾新聞眾籌呼籲：</strong></p>\n<p>請支持。</p>\n"
            '<ol><li>網上<a href="http://pay.example/">捐款</a></li><li>轉帳</li></ol><p>註：多謝</p>'
        ),
        (
            f"\n---\n\n\n**眾新聞眾籌呼籲：**\n\n請支持。\n\n1. 網上 [捐款]({WEB}http://pay.example/)\n\n"
            "1. 轉帳\n\n註：多謝"
        ),
    ),
}
BODY = "<p>汽笛響</p>"


@table("promo shown", PROMOS)
def test_promo_in_the_content_is_shown_and_kept_apart(promo: str, shown: str) -> None:
    html = page(BODY + promo)
    assert in_every_form(html) == dict.fromkeys(FORMS, f"汽笛響\n\n{shown}")
    for form in FORMS.values():
        article = article_of(form(html))
        assert article.body == (Paragraph((Text("汽笛響"),)),)
        assert article.promo[0] == Rule()


@table("promo shown", PROMOS)
def test_promo_behind_the_content_is_shown_in_the_same_way(promo: str, shown: str) -> None:
    html = page(BODY, tail=promo)
    assert in_every_form(html) == dict.fromkeys(FORMS, f"汽笛響\n\n{shown}")
    for form in FORMS.values():
        assert article_of(form(html)) == article_of(page(BODY + promo))


@table(
    "content tail shown",
    {
        "neither rule nor words": (BODY, "", "汽笛響"),
        "other words": (f"{BODY}<hr><p>下午</p>", "", "汽笛響\n\n\n---\n\n\n下午"),
        "a rule at the end": (f"{BODY}<hr>", "", "汽笛響\n\n\n---\n"),
        "words without a rule": (
            PROMO.removeprefix("<hr>"),
            "",
            PROMO_SHOWN.removeprefix("\n---\n\n\n"),
        ),
        "another rule behind the words": (
            f"{PROMO}<hr><p>更正</p>",
            "",
            f"{PROMO_SHOWN}\n\n\n---\n\n\n更正",
        ),
        "a rule behind the content": (BODY, "<hr><p>分享</p>", "汽笛響"),
    },
)
def test_without_a_rule_and_its_words_there_is_no_promo(
    content: str, tail: str, shown: str
) -> None:
    html = page(content, tail=tail)
    assert blocks_of(html) == shown
    assert article_of(html).promo == ()


def test_rule_of_the_author_stays_in_the_body_above_the_promo() -> None:
    article = article_of(page(f"{BODY}<hr><p>下午</p>{PROMO}"))
    assert Rule() in article.body
    assert article == article_of(page(f"{BODY}<hr><p>下午</p>", tail=PROMO))


def box(bio: str, *, avatar: str = f'<img src="{AVATAR}">', line: str = f"博客 | {NAME}") -> str:
    return f'<div class="about">{avatar}<div class="line">{line}</div>{bio}</div>'


def box_shown(bio: str, *, avatar: str = f"{PICTURE}{ORIGIN}{AVATAR}", label: str = "博客") -> str:
    return f"---\n\n![{label} | {NAME}]({avatar})\n\n**{label} | {NAME}**\n\n{bio}"


def background(url: str) -> str:
    return f'<div class="pic" style="background-image:url({url});"></div>'


BOXES: Constructs = {
    "columnist": (box("<p>住離島</p>"), box_shown("住離島")),
    "leader writer": (
        box("<p>住離島</p>", line=f"主筆 | {NAME}"),
        box_shown("住離島", label="主筆"),
    ),
    "English columnist": (
        box("<p>An islander</p>", line=f"Blogger | {NAME}"),
        box_shown("An islander", label="Blogger"),
    ),
    "English leader writer": (
        box("<p>An islander</p>", line=f"Editorial Writer | {NAME}"),
        box_shown("An islander", label="Editorial Writer"),
    ),
    "full-width bar": (box("<p>住離島</p>", line=f"博客｜{NAME}"), box_shown("住離島")),
    "label in the element of the bio": (
        f'<div><img src="{AVATAR}"><p>博客 | {NAME}<br>住離島</p></div>',
        box_shown("住離島"),
    ),
    "label in a span": (
        f'<div><img src="{AVATAR}"><span>博客 | {NAME}</span> 住離島</div>',
        box_shown("住離島"),
    ),
    "avatar as a background": (box("住離島", avatar=background(AVATAR)), box_shown("住離島")),
    "avatar as a background in quotes": (
        box("住離島", avatar=background(f"'{AVATAR}'")),
        box_shown("住離島"),
    ),
    "avatar as a background in quotes as entities": (
        box("住離島", avatar=background(f"&quot;{AVATAR}&quot;")),
        box_shown("住離島"),
    ),
    "avatar that a script loads late": (
        box("住離島", avatar=f'<img src="" data-src="{AVATAR}">'),
        box_shown("住離島"),
    ),
    "avatar on its own host": (
        box("住離島", avatar='<img src="https://cdn.example/uploads/avatars/1.png">'),
        box_shown("住離島", avatar=f"{PICTURE}https://cdn.example/uploads/avatars/1.png"),
    ),
    "no avatar": (box("住離島", avatar=""), box_shown("住離島", avatar="")),
    "bio with a break": (box("<p>甲<br>乙</p>"), box_shown("甲\n乙")),
    "bio with a newline": (box("<p>甲\n乙</p>"), box_shown("甲\n乙")),
    "bio with a break and a newline": (box("<p>甲<br />\n乙</p>"), box_shown("甲\n乙")),
    "bio with a newline and a break": (box("<p>甲\n<br />乙</p>"), box_shown("甲\n乙")),
    "bio with two breaks": (box("<p>甲<br />\n<br />\n乙</p>"), box_shown("甲\n\n乙")),
    "bio with paragraphs": (box("<p>甲</p>\n<p>乙</p>"), box_shown("甲\n乙")),
    "bio with other elements": (
        box('<p>甲 <b>乙</b> <a href="/x"> 丙</a>。</p>'),
        box_shown("甲乙丙。"),
    ),
    "bio with a hidden address in a span": (
        box(f"<p>來信 {HIDDEN_SPAN} 。</p>"),
        box_shown(f"來信{ADDRESS}。"),
    ),
    "bio with a hidden address in a link": (
        box(f"<p>來信{HIDDEN_LINK}</p>"),
        box_shown(f"來信{ADDRESS}"),
    ),
    "bio with a hidden address in a fragment": (
        box(f'<p>來信<a href="{PROTECTION}#{hidden(ADDRESS + "?subject=x")}">{MASK}</a></p>'),
        box_shown(f"來信{ADDRESS}"),
    ),
    "bio with a placeholder without a key": (
        box(f'<p>來信<a href="{PROTECTION}">{MASK}</a>。</p>'),
        box_shown(f"來信{MASK_SHOWN}。"),
    ),
    "blank bio": (box("<p>&nbsp;</p>"), box_shown("")),
    "no bio": (box(""), box_shown("")),
}


@table("html shown", BOXES)
def test_author_box_gives_the_last_four_blocks(html: str, shown: str) -> None:
    blocks = in_every_form(page(BODY, category="眾說", tail=html))
    assert blocks == dict.fromkeys(FORMS, f"汽笛響\n\n{shown}")


@pytest.mark.parametrize("place", ["content", "tail"])
def test_author_box_comes_behind_the_promo(place: str) -> None:
    promo = {"content": "", "tail": "", place: PROMO}
    html = page(BODY + promo["content"], category="眾說", tail=promo["tail"] + box("<p>住離島</p>"))
    assert blocks_of(html) == f"汽笛響\n\n{PROMO_SHOWN}\n\n{box_shown('住離島')}"


def test_author_box_within_the_content_is_not_a_part_of_the_body() -> None:
    html = page(BODY + box("<p>住離島</p>"), category="眾說")
    assert blocks_of(html) == f"汽笛響\n\n{box_shown('住離島')}"


@pytest.mark.parametrize("name", ["article-block", "hl-block"])
def test_card_of_another_article_is_no_author_box(name: str) -> None:
    card = f'<div class="{name}"><a>{box("<p>住離島</p>")}</a></div>'
    assert blocks_of(page(BODY, category="眾說", tail=card)) == "汽笛響"


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template"])
@pytest.mark.parametrize("avatar", ["", f'<img src="{AVATAR}">'], ids=["no avatar", "avatar"])
def test_label_that_no_reader_sees_is_no_author_box(tag: str, avatar: str) -> None:
    tail = f"<div>{avatar}<{tag}>博客 | {NAME}</{tag}></div>"
    assert blocks_of(page(BODY, category="眾說", tail=tail)) == "汽笛響"


# --- the whole file -------------------------------------------------------------------------

INFO = f"撰文: {NAME} | 發佈日期: 13.02.19"
UPDATED = f"{INFO} | 最後更新: 2019-02-13 21:09:05"


def test_file_of_an_article_with_everything() -> None:
    html = page(BODY + PROMO, info=UPDATED, category="眾說", tail=box("<p>住離島</p>"))
    assert render(article_of(html)) == (
        "---\n"
        'title: "渡輪停航一天"\n'
        'date: "2019-02-13"\n'
        'last_updated: "2019-02-13 21:09:05"\n'
        'author: "舟小行"\n'
        'category: "眾說"\n'
        "tags:\n"
        '  - "渡輪"\n'
        '  - "碼頭"\n'
        'url: "https://web.archive.org/web/20190214080910/https://www.hkcnews.com/article/31415/'
        '%E6%B8%AF-%E6%B5%B7-31415/ferry"\n'
        'original_url: "https://www.hkcnews.com/article/31415/%E6%B8%AF-%E6%B5%B7-31415/ferry"\n'
        "---\n"
        "\n"
        "# 渡輪停航一天\n"
        "\n"
        "汽笛響\n"
        "\n"
        f"{PROMO_SHOWN}\n"
        "\n"
        f"{box_shown('住離島')}\n"
    )


KEYS = "title date last_updated author category tags url original_url"


@table(
    "html missing empty",
    {
        "all known": (page(BODY, info=UPDATED), "", ""),
        "never updated": (page(BODY), "last_updated", ""),
        "no category": (page(BODY, info=UPDATED, category=""), "category", ""),
        "no tags": (page(BODY, info=UPDATED, keywords="眾新聞, hkcnews"), "tags", ""),
        "no date": (page(BODY, info=f"撰文: {NAME}"), "last_updated", "date"),
        "no author": (page(BODY, info="發佈日期: 13.02.19"), "last_updated", "author"),
    },
)
def test_keys_stand_in_their_order_and_only_where_known(
    html: str, missing: str, empty: str
) -> None:
    front = render(article_of(html)).split("---\n")[1]
    keys = [line.partition(":")[0] for line in front.splitlines() if not line.startswith(" ")]
    assert keys == [key for key in KEYS.split() if key != missing]
    assert re.findall(r'^(\w+): ""$', front, re.MULTILINE) == empty.split()


@table(
    "content end",
    {
        "paragraph": ("<p>甲</p>", "\n\n甲\n"),
        "quote": ("<blockquote>甲</blockquote>", "\n\n> 甲\n\n"),
        "break": ("<p>甲<br></p>", "\n\n甲   \n\n"),
        "video": ('<iframe src="https://v.example/1"></iframe>', '1" >}}\n\n'),
        "table": ("<table><tr><td>甲</td></tr></table>", "| --- |\n\n"),
        "nothing": ("", "\n\n# 渡輪停航一天\n"),
    },
)
def test_newlines_at_the_end_of_the_body_are_kept(content: str, end: str) -> None:
    assert render(article_of(page(content))).endswith(end)
