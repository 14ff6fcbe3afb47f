namespace Recon.Postgres.Runs.Reruns;

/// <summary>A run that writes only what differs cannot come to its result: it starts over.</summary>
/// <param name="message">Why, for people.</param>
/// <param name="isRepeat">Whether it starts over in the same way, because it knows now which records repeat an id.</param>
internal sealed class WholeRunNeededException(string message, bool isRepeat = false) : Exception(message)
{
    public bool IsRepeat => isRepeat;

    /// <summary>The one that ended a run, also where the graph has wrapped it.</summary>
    public static WholeRunNeededException? In(Exception exception)
        => exception as WholeRunNeededException ?? exception.InnerException as WholeRunNeededException;
}
