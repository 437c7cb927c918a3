"""The three guarantees (部分商品修理更换退货责任规定, 1995; R20 to R35): what is free, and why.

Pure functions over dates. `claim` holds what is asked, `decision.decide` answers it in the order of the rules, and
every answer names its rule, the dates that decided, and its words in both languages.
"""
