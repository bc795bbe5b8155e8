"""The probe: some sixty pages of the archive, held against what another archive has of them."""
