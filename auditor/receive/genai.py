"""The OpenTelemetry semantic conventions for generative AI, and this project's own attributes.

Names as of open-telemetry/semantic-conventions-genai (nothing there is stable) with the older
ones that instrumentations still write.
"""

from __future__ import annotations

from auditor.model import Kind
from auditor.receive.vocabulary import Vocabulary, merge
from auditor.sdk import attributes as own

GENAI = Vocabulary(
    kind={
        "gen_ai.operation.name": {
            "chat": Kind.CALL,
            "generate_content": Kind.CALL,
            "text_completion": Kind.CALL,
            "execute_tool": Kind.TOOL,
            "create_agent": Kind.AGENT,
            "invoke_agent": Kind.AGENT,
            "invoke_workflow": Kind.AGENT,
            "agent_step": Kind.AGENT,
            "execute_task": Kind.AGENT,
            "execute_event_loop_cycle": Kind.AGENT,
        }
    },
    not_tools=("(merged tools)",),
    agent=("gen_ai.agent.name",),
    model=("gen_ai.response.model", "gen_ai.request.model"),
    conversation=("gen_ai.conversation.id",),
    response_id=("gen_ai.response.id",),
    tool=("gen_ai.tool.name",),
    call_id=("gen_ai.tool.call.id",),
    prompt=("gen_ai.prompt.name",),
    input_tokens=("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    output_tokens=("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    output_format=(
        "gen_ai.output.type",
        "gen_ai.request.response_format",
        "gen_ai.openai.request.response_format",
    ),
    json_formats=("json", "json_object", "json_schema"),
    input=("gen_ai.input.messages",),
    output=("gen_ai.output.messages",),
    system=("gen_ai.system_instructions",),
    offered=("gen_ai.tool.definitions",),
    agent_offered=("gen_ai.agent.tools",),
    error=("error.type",),
    finish=("gen_ai.response.finish_reasons",),
    details_events=("gen_ai.client.inference.operation.details",),
    message_events={
        "gen_ai.system.message": "system",
        "gen_ai.user.message": "user",
        "gen_ai.assistant.message": "assistant",
        "gen_ai.tool.message": "tool",
        "gen_ai.choice": "",
    },
)

OWN = Vocabulary(
    tags=(own.CAPABILITIES, own.CAPABILITY, "gen_ai.capability.name"),
    names_offered=(own.OFFERED,),
)

VOCABULARY = merge((GENAI, OWN))
"""What the receiver reads: to read another convention, add its table here."""
