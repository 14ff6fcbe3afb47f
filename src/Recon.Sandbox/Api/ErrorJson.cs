using System.Text.Json;

namespace Recon.Sandbox.Api;

/// <summary>Errors as HubSpot writes them.</summary>
internal static class ErrorJson
{
    /// <summary>The answer that refuses a whole call.</summary>
    public static ApiAnswer Answer(ApiFault fault, string correlationId) => Answer([fault], fault.Message, correlationId);

    /// <summary>The answer that refuses a whole batch for what is wrong with some of it.</summary>
    public static ApiAnswer Answer(IReadOnlyList<ApiFault> faults, string message, string correlationId)
        => new(faults[0].Status, Json.Of(json =>
        {
            json.WriteString("status", "error");
            json.WriteString("message", message);
            json.WriteString("correlationId", correlationId);
            foreach ((string name, string value) in faults[0].More.Where(more => more.Key != "requiredGranularScopes"))
            {
                json.WriteString(name, value);
            }

            json.WriteString("category", faults[0].Category);
            WriteDetails(json, faults);
        }))
        { RetryAfter = faults[0].RetryAfter };

    /// <summary>One entry of a batch answer's <c>errors</c>.</summary>
    public static void WriteItem(Utf8JsonWriter json, ItemError error)
    {
        json.WriteStartObject();
        json.WriteString("status", "error");
        json.WriteString("category", error.Fault.Category);
        json.WriteString("message", error.Fault.Message);
        json.WriteStartObject("context");
        if (error.TraceIds.Count > 0)
        {
            json.WriteStrings("objectWriteTraceId", error.TraceIds);
        }

        if (error.Ids.Count > 0)
        {
            json.WriteStrings("ids", error.Ids);
        }

        if (error.Fault.Property is { } property)
        {
            json.WriteStrings("propertyName", [property]);
        }

        json.WriteEndObject();
        json.WriteStartObject("links");
        json.WriteEndObject();
        WriteDetails(json, [error.Fault], always: true);
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, IReadOnlyList<ApiFault> faults, bool always = false)
    {
        ApiFault[] told = [.. faults.Where(fault => fault.Code is not null || fault.More.ContainsKey("requiredGranularScopes"))];
        if (told.Length == 0 && !always)
        {
            return;
        }

        json.WriteStartArray("errors");
        foreach (ApiFault fault in told)
        {
            json.WriteStartObject();
            json.WriteString("message", fault.Code is null ? "One or more of the following scopes are required." : fault.Message);
            json.WriteStartObject("context");
            if (fault.Property is { } property)
            {
                json.WriteStrings("propertyName", [property]);
            }
            else if (fault.More.TryGetValue("requiredGranularScopes", out string? scope))
            {
                json.WriteStrings("requiredGranularScopes", [scope]);
            }

            json.WriteEndObject();
            if (fault.Code is { } code)
            {
                json.WriteString("code", code);
            }

            if (fault.Property is { } place)
            {
                json.WriteString("in", place);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>What failed of a batch, and which inputs it were: by trace id, or by id.</summary>
internal sealed record ItemError(ApiFault Fault, IReadOnlyList<string> Ids, IReadOnlyList<string> TraceIds);
