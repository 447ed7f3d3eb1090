"""Refusals of accounts that are not one's own: what each means, and which way there is out of it.

The texts are AWS's ("Troubleshoot access denied error messages", IAM User Guide). What Learner Labs are like
is told by who has them: https://github.com/dumartist/Opencart-Project (docs/Restrictions.md).
"""

LAB_ROLE = "LabRole"
"""The role that a Learner Lab gives for everything."""
REGIONS = "us-east-1 and us-west-2"
"""Those of a Learner Lab."""
PASTE = "in a Learner Lab: Start Lab, then paste the block of AWS Details → AWS CLI anew"
START = (
    "press Start Lab, paste the block of AWS Details → AWS CLI anew, and run the same command: what was there"
    " has stayed. If the budget is gone, ask your teacher"
)
LOCAL = "`wschat chat --local` has the whole lab on this machine, without an account"
NO_ROLES = "this account lets nobody make roles, and has one for everything: --role {}"
DEMANDS = (
    "if this account lets you make no role, give one that exists: --role NAME. If it demands something of"
    " roles: --permissions-boundary ARN, --role-path /PATH/ or --tag KEY=VALUE; who runs it knows what"
)
OWN_BOUNDARY = (
    "that boundary is yours, and lets you make roles only with one, as a rule the same:"
    " --permissions-boundary {0}"
)
BOUNDARY = "each role needs a boundary: --permissions-boundary ARN; who runs the account knows which"
NO_PASSING = "ask for iam:PassRole on {0}, to lambda.amazonaws.com; or give another role: --role NAME"
UNSEEN = "where you may not look at roles, give one that exists: --role NAME; or ask for that permission"
ORGANIZATION = (
    "your organization forbids it to the whole account, often in all regions but some: ask which are open,"
    " and give --region"
)
TAGS = "your organization demands tags: --tag KEY=VALUE; who runs it knows which"
PERHAPS_TAGS = "it may be allowed with a tag that is demanded: --tag KEY=VALUE; who runs the account knows"
ACCOUNTS = (
    (
        "voc-cancel-cred",
        "the session of this Learner Lab, or its budget, is over: it refuses everything",
        START,
    ),
    (
        r"/voclabs/.*resource: arn:aws:[\w-]+:(?!us-east-1|us-west-2|:)[\w-]+:",
        "{text}",
        f"a Learner Lab has the regions {REGIONS} alone: --region us-east-1",
    ),
    (
        r"/voclabs/.*perform: apigateway:",
        "this sandbox lets nobody use API Gateway, so there can be no lab in it: {text}",
        LOCAL,
    ),
    (r"/voclabs/.*perform: iam:(?!PassRole)", "{text}", NO_ROLES.format(LAB_ROLE)),
    (r"perform: iam:CreateRole .*permissions boundary: (arn:\S+)", "{text}", OWN_BOUNDARY),
    (r"perform: iam:CreateRole .*boundary", "{text}", BOUNDARY),
    (r"perform: iam:CreateRole ", "{text}", DEMANDS),
    (r"perform: iam:PassRole on resource: (\S+)", "{text}", NO_PASSING),
    (r"perform: iam:Get", "{text}", UNSEEN),
    ("service control policy", "{text}", ORGANIZATION),
    ("TagPolicyException|tag policy", "{text}", TAGS),
    (r"perform: [\w-]+:(Create|Tag|POST)\S* .*explicit deny", "{text}", PERHAPS_TAGS),
)
"""The words by which a refusal is known, what people read, and what to do; the first that fits."""
