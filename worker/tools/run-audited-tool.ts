import type { ToolRegistry, ToolRun, ToolRunOptions } from './tool-registry.ts';

/** Runs a tool and puts the call into the log, and with it into `audit_tool_calls`, whatever came of it (TOOL4, req:T8). */
export async function runAuditedTool(
  tools: ToolRegistry,
  call: { readonly tool: string; readonly args: unknown },
  options: ToolRunOptions,
): Promise<ToolRun> {
  const ran = await tools.run(call.tool, call.args, options);
  const { append, turnId } = options.context;
  append({
    type: 'tool.finished',
    ...(turnId === null ? {} : { turnId }),
    auditId: ran.toolCallId,
    tool: ran.tool,
    status: ran.status,
    latencyMs: ran.latencyMs,
    requestHash: ran.requestHash,
    responseHash: ran.responseHash,
    redactedRequest: ran.redactedRequest,
    redactedResponse: ran.redactedResponse,
  });
  return ran;
}
