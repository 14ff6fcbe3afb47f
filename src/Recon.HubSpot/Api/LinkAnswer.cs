namespace Recon.HubSpot.Api;

/// <summary>What became of a batch of associations. Whatever is not sure can be sent again: it makes no second one.</summary>
/// <param name="Status">The status code; 0 without an answer.</param>
/// <param name="CorrelationId">What HubSpot's support asks for.</param>
internal abstract record LinkAnswer(int Status, string? CorrelationId)
{
    /// <summary>HubSpot judged the pairs one by one.</summary>
    /// <param name="Verdicts">One for each pair, in their order; accepted ones have the id of the record that was linked to, and no values.</param>
    internal sealed record Judged(int Status, string? CorrelationId, IReadOnlyList<InputVerdict> Verdicts) : LinkAnswer(Status, CorrelationId);

    /// <summary>HubSpot refused the batch as a whole.</summary>
    internal sealed record WholeRefused(int Status, string? CorrelationId, ApiError Error) : LinkAnswer(Status, CorrelationId);

    /// <summary>It was sent several times, and nobody knows what became of it.</summary>
    internal sealed record Lost(int Status, string Why) : LinkAnswer(Status, null);

    /// <summary>It never left, or HubSpot kept putting it off.</summary>
    internal sealed record NotSent(int Status, string Why) : LinkAnswer(Status, null);
}
