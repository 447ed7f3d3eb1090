"""Print the table of cuts."""

import asyncio

from wschat.chat.start import ChatOptions

from .test_cuts import CUTS, GONE_FOR_LONG, LINES, WHEN, play

print("| cut | the server had done it | what the person saw | back after | lost | doubled |")
print("| --- | --- | --- | --- | --- | --- |")
for cut in (*CUTS.values(), GONE_FOR_LONG):
    for when in WHEN:
        person, _ = asyncio.run(play(cut, when, jitter=ChatOptions.jitter))
        took = person.back_at - person.lost_at
        lost, doubled = len(set(LINES) - set(person.said)), len(person.said) - len(set(person.said))
        done = "yes" if when == "after" else "no"
        saw = "; ".join(line for line in person.getvalue().splitlines() if "again" in line or "back" in line)
        print(f"| {cut.what} | {done} | {saw} | {took:.2f} s | {lost} | {doubled} |")
