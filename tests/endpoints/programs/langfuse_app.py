"""Records one trace with Langfuse's SDK: version 2, or version 3 and later."""
import os
import sys

os.environ["LANGFUSE_HOST"] = os.environ["LANGFUSE_BASE_URL"] = sys.argv[1]
os.environ["LANGFUSE_PUBLIC_KEY"] = "pk-lf-shop"
os.environ["LANGFUSE_SECRET_KEY"] = "any"

QUESTION = "Where is order 7?"
ANSWER = "It arrives on Monday."
MESSAGES = [{"role": "user", "content": QUESTION}]
REPLY = {"role": "assistant", "content": ANSWER}
USAGE = {"input": 700, "output": 50, "cache_read_input_tokens": 300}


def version_2():
    from langfuse import Langfuse

    client = Langfuse()
    assert client.auth_check()
    trace = client.trace(name="support", session_id="visit-1", input=QUESTION)
    trace.span(name="find_order", input="7").end(output=["order 7"])
    generation = trace.generation(name="model", model="gpt-4o", input=MESSAGES)
    generation.end(output=REPLY, usage_details=USAGE)
    trace.update(output=ANSWER)
    trace.score(name="helpful", value=0.9)
    client.flush()


def version_3():
    from langfuse import get_client

    client = get_client()
    assert client.auth_check()
    with client.start_as_current_observation(as_type="span", name="support", input=QUESTION) as root:
        if hasattr(root, "update_trace"):
            root.update_trace(session_id="visit-1")
        with client.start_as_current_observation(as_type="span", name="find_order", input="7") as step:
            step.update(output=["order 7"])
        with client.start_as_current_observation(
            as_type="generation", name="model", model="gpt-4o", input=MESSAGES
        ) as generation:
            generation.update(output=REPLY, usage_details=USAGE)
        root.update(output=ANSWER)
        root.score_trace(name="helpful", value=0.9)
    client.flush()


def version_4():
    from langfuse import propagate_attributes

    with propagate_attributes(session_id="visit-1"):
        version_3()


import langfuse

if not hasattr(langfuse, "get_client"):
    version_2()
elif hasattr(langfuse, "propagate_attributes"):
    version_4()
else:
    version_3()
