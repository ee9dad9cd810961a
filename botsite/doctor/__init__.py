"""What an operator would look at when something seems wrong, one file for each part of the bot.

`examination` runs the checks; each yields findings, which say what was seen, or what is wrong and
what to do about it. What can be mended safely carries the function that mends it.
"""
