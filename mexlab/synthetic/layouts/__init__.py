"""Writers: one layout of a database a file, as its readers' twin."""
