namespace Recon.Push.Preflight;

/// <summary>Something that a push would run into.</summary>
/// <param name="Refuses">Whether nothing may be sent because of it.</param>
/// <param name="Subject">What was looked at, in a few words: <c>token</c>, <c>portal</c>, <c>calls.hs_call_title</c>.</param>
/// <param name="Message">What was found; holds no value of a record.</param>
/// <param name="Fix">What to do.</param>
internal sealed record PreflightFinding(bool Refuses, string Subject, string Message, string Fix)
{
    public override string ToString() => $"{(Refuses ? "refused" : "warning")}: {Subject}: {Message} {Fix}";
}
