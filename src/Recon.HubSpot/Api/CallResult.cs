using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>How a call ended.</summary>
internal abstract record CallResult
{
    /// <summary>HubSpot answered, with JSON if it is a 2xx.</summary>
    /// <param name="Body">Undefined when it is no JSON.</param>
    internal sealed record Answered(int Status, string? CorrelationId, JsonElement Body) : CallResult
    {
        public bool IsSuccess => Status is >= 200 and < 300;
    }

    /// <summary>It was sent, and nobody knows what became of it.</summary>
    internal sealed record Lost(int Status, string? CorrelationId, string Why) : CallResult;

    /// <summary>It was not carried out: it never left, or HubSpot kept putting it off.</summary>
    internal sealed record NotSent(int Status, string Why) : CallResult;

    /// <summary>The answer is larger than what is read.</summary>
    internal sealed record TooLarge : CallResult;
}
