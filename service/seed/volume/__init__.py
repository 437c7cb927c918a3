"""Half a year of the sample company: what happened is drawn first, as plain records, and then said as facts.

Whoever counts the records by the definitions has to come to the figures that the facts give.
"""
