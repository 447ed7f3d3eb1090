"""Print the table of cuts."""

import asyncio

from wschat.chat.start import ChatOptions

from .test_cuts import CUTS, LINES, WHEN, gone_for_long, play

print("| cut | the server had done it | what the person saw | back after | lost | doubled |")
print("| --- | --- | --- | --- | --- | --- |")
for cut in (*CUTS, gone_for_long):
    for when in WHEN:
        person, _ = asyncio.run(play(cut, when, jitter=ChatOptions.jitter))
        took = person.back_at - person.lost_at
        lost, doubled = len(set(LINES) - set(person.said)), len(person.said) - len(set(person.said))
        done = "yes" if when == "after" else "no"
        saw = "; ".join(line for line in person.getvalue().splitlines() if "again" in line or "back" in line)
        print(f"| {str(cut.__doc__).rstrip('.')} | {done} | {saw} | {took:.2f} s | {lost} | {doubled} |")
