"""The second service. It uses plain OpenTelemetry for Python, finds documents and fills the queue."""

import json
import os
import re
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry import context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

PAGES = {
    "returns": "Unused items can be returned within 60 days.",
    "delivery": "Standard delivery takes three working days.",
    "warranty": "The warranty of tents is five years.",
}
QUEUE = os.environ.get("QUEUE", "queue")

# Endpoint, project and service name are in OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS and OTEL_SERVICE_NAME.
provider = TracerProvider(resource=Resource.create())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("worker")


def words(text):
    return set(re.findall(r"\w+", text.lower()))


def search(question):
    with tracer.start_as_current_span("search") as span:
        span.set_attribute("gen_ai.operation.name", "retrieval")
        span.set_attribute("gen_ai.retrieval.query.text", question)
        scored = [
            {"id": id, "content": text, "score": len(words(question) & words(text))} for id, text in PAGES.items()
        ]
        found = sorted(scored, key=lambda page: -page["score"])[:2]
        span.set_attribute("gen_ai.retrieval.documents", json.dumps(found))
        return found


def publish(message):
    with tracer.start_as_current_span("publish question", kind=SpanKind.PRODUCER):
        message["trace"] = {}
        inject(message["trace"])
        path = os.path.join(QUEUE, "questions", message["id"])
        with open(path + ".tmp", "w", encoding="utf-8") as file:
            json.dump(message, file)
        os.rename(path + ".tmp", path + ".json")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        # Attaches the whole context, so that the baggage with the user is passed on as well as the trace.
        token = context.attach(extract(dict(self.headers)))
        try:
            with tracer.start_as_current_span("prepare", kind=SpanKind.SERVER):
                documents = search(body["question"])
                publish({"id": body["id"], "question": body["question"], "documents": documents})
        finally:
            context.detach(token)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
try:
    server.serve_forever()
finally:
    provider.shutdown()
