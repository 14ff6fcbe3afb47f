using System.Globalization;
using Recon.Cli.Hosting;
using Recon.Postgres.Push;
using Recon.Push.Sending;

namespace Recon.Cli.Rendering.Live;

/// <summary>A push on one line: pure, from its progress and the room that there is.</summary>
internal static class PushLine
{
    private const int MostBar = 20;
    private const int LeastBar = 6;
    private const string Between = "  ";

    /// <summary>For a terminal: what matters least is left out where there is no room for it.</summary>
    public static InkLine Draw(string verb, PushProgress push, int width)
    {
        InkLine line = InkLine.Of(verb, Ink.Strong).Add($" {Share(push)}");
        string left = push.Left is { } time && push.Done < push.All ? $"{LiveView.Time(time.TotalSeconds)} left" : "";
        (int Rank, InkLine Text)[] parts =
        [
            (1, InkLine.Of($"{Show.Count(push.Done)} of {Show.Count(push.All)}")),
            .. push.States.Select(state => (3, InkLine.Of($"{Show.Count(state.Items)} {PushStates.TextOf(state.State)}", InkOf(state.State)))),
            (0, InkLine.Of(Links(push))),
            (2, InkLine.Of(left)),
            (4, InkLine.Of($"{Show.Count((long)push.PerSecond)}/s", Ink.Faint)),
            (5, InkLine.Of(Quota(push), Ink.Faint)),
        ];
        HashSet<int> shown = [.. Enumerable.Range(0, parts.Length).Where(at => parts[at].Text.Length > 0)];
        while (shown.Count > 0 && line.Length + shown.Sum(at => parts[at].Text.Length + Between.Length) > width)
        {
            shown.Remove(shown.MaxBy(at => (parts[at].Rank, at)));
        }

        int cells = Math.Min(MostBar, width - line.Length - shown.Sum(at => parts[at].Text.Length + Between.Length) - Between.Length);
        if (cells >= LeastBar && push.All > 0)
        {
            int done = (int)(cells * push.Done / push.All);
            line.Add(Between).Add(new string('━', done), Ink.Good).Add(new string('─', cells - done), Ink.Faint);
        }

        foreach (int at in shown.Order())
        {
            line.Add(Between).Add(parts[at].Text);
        }

        return line;
    }

    /// <summary>For a log.</summary>
    /// <returns>Such as <c>push: 45 %, 4,500 of 10,000 records, 4,400 written, 100 stale, 1,900 records/s, 0:03 left; 92 calls, 98 of 190 left, the day has 240,000</c>.</returns>
    public static string Of(string verb, PushProgress push)
        => string.Join(", ", ((string[])
        [
            $"{verb}: {Share(push)}",
            $"{Show.Count(push.Done)} of {Show.Count(push.All, "record")}",
            .. push.States.Select(state => $"{Show.Count(state.Items)} {PushStates.TextOf(state.State)}"),
            Links(push),
            $"{Show.Count((long)push.PerSecond)} records/s",
            push.Left is { } time && push.Done < push.All ? $"{LiveView.Time(time.TotalSeconds)} left" : "",
            Show.Count(push.Calls, "call"),
            Quota(push),
        ]).Where(part => part.Length > 0));

    private static string Share(PushProgress push)
        => string.Create(CultureInfo.InvariantCulture, $"{(push.All == 0 ? 100 : 100 * push.Done / push.All)} %");

    private static string Links(PushProgress push)
        => push.Links is { } links ? $"associations {Show.Count(links.Done)} of {Show.Count(links.All)}" : "";

    private static string Quota(PushProgress push)
        => push.Quota is not { } quota ? ""
            : string.Join(", ", ((string[])
            [
                quota is { Remaining: { } left, Max: { } most } ? $"quota {Show.Count(left)} of {Show.Count(most)}" : "",
                quota.DailyRemaining is { } day ? $"day {Show.Count(day)}" : "",
            ]).Where(part => part.Length > 0));

    private static Ink InkOf(PushState state) => state switch
    {
        PushState.Written or PushState.Restored => Ink.Good,
        PushState.Refused or PushState.Uncertain => Ink.Alarm,
        _ => Ink.Waiting,
    };
}
