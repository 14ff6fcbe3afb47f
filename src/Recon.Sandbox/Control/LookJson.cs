using Recon.Sandbox.Api;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Control;

/// <summary>What is to be seen of a sandbox.</summary>
internal static class LookJson
{
    public static ApiAnswer Calls(CallLog calls) => new(200, Json.Of(json =>
    {
        json.WriteNumber("total", calls.Count);
        json.WriteStartArray("calls");
        foreach (SandboxCall call in calls.Calls)
        {
            json.WriteStartObject();
            json.WriteNumber("no", call.No);
            json.WriteString("method", call.Method);
            json.WriteString("path", call.Path);
            json.WriteString("call", call.Kind.ToString().ToLowerInvariant());
            json.WriteString("request", call.Request);
            if (call.Status is { } status)
            {
                json.WriteNumber("status", status);
            }
            else
            {
                json.WriteNull("status");
            }

            json.WriteString("answer", call.Answer);
            json.WriteStrings("traps", call.Traps.Select(trap => trap.ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }));

    public static ApiAnswer Records(SandboxPortal portal) => new(200, Json.Of(json =>
    {
        foreach ((string record, SortedDictionary<string, string> values) in portal.Snapshot())
        {
            json.WriteStartObject(record);
            foreach ((string name, string value) in values)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }
    }));
}
