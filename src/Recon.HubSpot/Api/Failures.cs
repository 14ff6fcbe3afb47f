namespace Recon.HubSpot.Api;

/// <summary>Explains why a call that reads gave nothing.</summary>
internal static class Failures
{
    /// <exception cref="HubspotException">It is no 2xx.</exception>
    public static CallResult.Answered RequireSuccess(HubspotSettings settings, ApiCall call, CallResult result) => result switch
    {
        CallResult.Answered { IsSuccess: true } answer => answer,
        CallResult.Answered refusal => throw Refused(settings, call, refusal),
        CallResult.NotSent unsent => throw Unavailable(settings, call, unsent.Why),
        CallResult.Lost lost => throw Unavailable(settings, call, lost.Why),
        _ => throw Unreadable(settings, call, $"it is larger than {HubspotConnection.MaxAnswerBytes / 1024 / 1024} MiB"),
    };

    /// <exception cref="HubspotException">The answer's own status is not COMPLETE.</exception>
    public static CallResult.Answered RequireComplete(HubspotSettings settings, ApiCall call, CallResult.Answered answer)
        => answer.Body.Text("status") is "COMPLETE"
            ? answer
            : throw Unavailable(settings, call, $"was answered with the status {answer.Body.Text("status") ?? "missing"}, not COMPLETE");

    public static HubspotException Unreadable(HubspotSettings settings, ApiCall call, string why)
        => new(HubspotFault.Refused, $"The answer of {settings.Base.Authority} to {call.Name} cannot be used: {why}. Compare \"hubspot.base\" and \"hubspot.version\" with HubSpot's documentation.");

    private static HubspotException Unavailable(HubspotSettings settings, ApiCall call, string why)
        => new(HubspotFault.Unavailable, $"{call.Name} at {settings.Base.Authority} {why}. Check address, network and proxy, and https://status.hubspot.com; then run again.");

    // HubSpot's message may quote values, and errors end in logs: only names are shown.
    private static HubspotException Refused(HubspotSettings settings, ApiCall call, CallResult.Answered refusal)
    {
        ApiError error = ErrorReader.Read(refusal.Body, refusal.Status);
        string[] names = [.. new[] { error.Category, error.SubCategory, error.Code, error.Property }.OfType<string>().Distinct(StringComparer.Ordinal)];
        string advice = refusal.Status == 404
            ? "There is no such address or object type; compare \"object\" and \"hubspot.version\" with the account."
            : "Compare the definition's \"object\" and properties with the account.";
        return new HubspotException(
            HubspotFault.Refused,
            $"{settings.Base.Authority} answered {refusal.Status} to {call.Name}{(names.Length > 0 ? $" ({string.Join(", ", names)})" : "")}. {advice}"
            + (refusal.CorrelationId is { } id ? $" HubSpot's support finds the call by {id}." : ""));
    }
}
