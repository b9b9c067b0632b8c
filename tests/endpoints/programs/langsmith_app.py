"""Records one trace with LangSmith's SDK."""
import os
import sys
import uuid

os.environ["LANGSMITH_TRACING"] = "true"
os.environ["LANGSMITH_ENDPOINT"] = sys.argv[1] + "/langsmith"
os.environ["LANGSMITH_API_KEY"] = "any"
os.environ["LANGSMITH_PROJECT"] = "shop"

from langsmith import Client, traceable

client = Client()
USAGE = {
    "input_tokens": 1000,
    "output_tokens": 50,
    "total_tokens": 1050,
    "input_token_details": {"cache_read": 300},
}


@traceable(run_type="llm", metadata={"ls_provider": "openai", "ls_model_name": "gpt-4o"})
def model(messages):
    return {"role": "assistant", "content": "It arrives on Monday.", "usage_metadata": USAGE}


@traceable(run_type="retriever")
def find_order(number):
    return [{"page_content": "order 7", "type": "Document", "metadata": {}}]


@traceable
def support(question):
    find_order("7")
    return model([{"role": "user", "content": question}])["content"]


run_id = uuid.uuid4()
support(
    "Where is order 7?",
    langsmith_extra={"client": client, "run_id": run_id, "metadata": {"session_id": "visit-1"}},
)
client.flush()
client.create_feedback(run_id, "helpful", score=0.9)
client.flush()
