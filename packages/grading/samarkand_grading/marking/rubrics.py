"""The rows of the rubrics of written answers: each is about one thing, and every level is described.

Most rows have five levels, from 0 to 4 points; those on facts and on length have fewer, and make 4 together.

The examples are from another question, whether pupils like a canteen, so that none of them is an answer.
Where six answers were marked twice, apart, a row in which the two differed has been put more narrowly since:
what is a fact against the claim and what an argument, how many wrong facts are how many points, and which
sentence is the claim.
"""

#: What can be asked of any claim that rests on tables.
CLAIM = {
    "Claim": [
        "None: “There are many views on the canteen.”",
        "It could mean anything: “The canteen had some effect.”",
        "It has a direction and no bounds: “Pupils like the canteen.”",
        "It has a bound, of time, group or field: “In spring pupils liked the canteen.”",
        "It has its bounds, and names what was counted: “In spring more older pupils ate there than in "
        "winter.”",
    ],
    "Evidence": [
        "None: “Everybody knows it.”",
        "A figure or a fact without its table: “The numbers show it.”",
        "From one table, which is named: “In meals, spring has the most.”",
        "From two tables, which are named; of at least one it is not said what it shows for the claim.",
        "From two tables, which are named, and of each it is said what it shows for the claim.",
    ],
    "Counter-evidence": [
        "None.",
        "An argument without a fact: “Some disagree.”",
        "A fact that speaks against the claim, and no more: “In summer there were fewer.”",
        "Such a fact, and what it means for the claim: “In summer there were fewer, but many were away.”",
        "The strongest such fact in these tables; and the claim is changed by it, or a reason is given "
        "why it stands.",
    ],
    "Limits": [
        "None, or certain of everything.",
        "One that fits any text: “More data would help.”",
        "One of these tables: “The till counts meals and not pupils.”",
        "One of these tables, and what it leaves open: “… so one hungry pupil may count twice.”",
        "One of these tables, and the claim goes no further than it allows.",
    ],
}
WORDING = {
    "Wording": [
        "The sentence that is marked as the claim is in loaded words: “the disgraceful canteen”.",
        "Loaded words elsewhere, or a motive told as a fact.",
        "Neutral words, but one side is told in those of its opponents.",
        "Neutral words for each side; of nothing is it said both who says it and when.",
        "Neutral words for each side, and of what one of them says, who says it and when.",
    ],
}
FAIRNESS = {
    "Fairness: could each side recognise its position in your words?": [
        "One side alone is heard, neither is named, or both are in words that only the other uses.",
        "Both are there, and one is told in words of its opponents.",
        "Both are named in neutral words, one without what it says.",
        "Both are named with what they say; a holder, a day or words of their own are missing.",
        "Both could sign the sentence about them: holder, day, and words of their own.",
    ],
}
FACTS = {
    "Facts": [
        "Two or more figures, days or other facts are wrong.",
        "One is wrong, and the claim rests on it.",
        "One is wrong, and nothing rests on it.",
        "All of them are right.",
    ],
    "Length": [
        "A quarter too short or too long, or more.",
        "The length asked for, or nearly.",
    ],
}
