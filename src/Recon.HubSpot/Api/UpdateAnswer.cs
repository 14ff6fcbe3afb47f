using System.Text.Json.Serialization;

namespace Recon.HubSpot.Api;

/// <summary>What one record is to hold.</summary>
/// <param name="Id">The record's id.</param>
/// <param name="TraceId">Comes back in the answer; unique within a call.</param>
/// <param name="Properties">The new values; an empty text clears.</param>
internal sealed record UpdateInput(
    string Id,
    [property: JsonPropertyName("objectWriteTraceId")] string TraceId,
    IReadOnlyDictionary<string, string> Properties);

/// <summary>What became of one input, as far as the answer tells.</summary>
internal abstract record InputVerdict
{
    /// <summary>HubSpot says that it wrote.</summary>
    /// <param name="Id">The id of the record that it wrote to.</param>
    /// <param name="Values">What it says that the record holds now.</param>
    internal sealed record Accepted(string Id, IReadOnlyDictionary<string, string?> Values) : InputVerdict;

    /// <summary>HubSpot says that it did not write, and why.</summary>
    internal sealed record Refused(ApiError Error) : InputVerdict;

    /// <summary>The answer says neither, or both: only reading tells what the record holds.</summary>
    internal sealed record Absent(string Why) : InputVerdict;
}

/// <summary>What became of a batch.</summary>
/// <param name="Status">The status code; 0 without an answer.</param>
/// <param name="CorrelationId">What HubSpot's support asks for.</param>
internal abstract record UpdateAnswer(int Status, string? CorrelationId)
{
    /// <summary>HubSpot judged the inputs one by one.</summary>
    /// <param name="Verdicts">One for each input, in their order.</param>
    internal sealed record Judged(int Status, string? CorrelationId, IReadOnlyList<InputVerdict> Verdicts) : UpdateAnswer(Status, CorrelationId);

    /// <summary>Nothing was written: HubSpot refused the batch as a whole.</summary>
    internal sealed record WholeRefused(int Status, string? CorrelationId, ApiError Error) : UpdateAnswer(Status, CorrelationId);

    /// <summary>It was sent, and nobody knows what became of it.</summary>
    internal sealed record Lost(int Status, string? CorrelationId, string Why) : UpdateAnswer(Status, CorrelationId);

    /// <summary>Nothing was written: it never left, or HubSpot kept putting it off.</summary>
    internal sealed record NotSent(int Status, string Why) : UpdateAnswer(Status, null);
}
