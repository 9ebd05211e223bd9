"""Where training and evaluation data come from: folders of scans, made rooms, sentences; and how they are augmented."""
