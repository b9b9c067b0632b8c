"""Records one trace with Braintrust's SDK."""
import os
import sys

os.environ["BRAINTRUST_APP_URL"] = sys.argv[1]
os.environ["BRAINTRUST_API_KEY"] = "any"

import braintrust

logger = braintrust.init_logger(project="shop")
with logger.start_span(name="support", type="task") as span:
    span.log(input="Where is order 7?", metadata={"session_id": "visit-1"})
    with span.start_span(name="find_order", type="function") as step:
        step.log(input="7", output=["order 7"])
    with span.start_span(name="model", type="llm") as call:
        call.log(
            input=[{"role": "user", "content": "Where is order 7?"}],
            output=[{"index": 0, "message": {"role": "assistant", "content": "It arrives on Monday."}}],
            metadata={"model": "gpt-4o"},
            metrics={
                "prompt_tokens": 1000,
                "prompt_cached_tokens": 300,
                "completion_tokens": 50,
                "tokens": 1050,
            },
        )
    span.log(output="It arrives on Monday.")
logger.log_feedback(id=span.id, scores={"helpful": 0.9})
logger.flush()
