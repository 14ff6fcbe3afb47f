using System.Globalization;
using Recon.Cli.Hosting;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Rendering.Live;

/// <summary>The picture of a run: pure, from its progress and the room that there is.</summary>
internal static class LiveView
{
    private const string Indent = "  ";
    private const int MostBar = 40;
    private const int Numbers = 4;

    // A narrower picture would say nothing.
    private const int LeastWidth = 20;

    /// <param name="width">Columns; lines are not longer.</param>
    /// <param name="height">Lines; what matters least is left out where they are too few.</param>
    /// <param name="details">Whether to show the numbers of each block.</param>
    /// <param name="keys">The keys that work, or an empty text.</param>
    public static IReadOnlyList<InkLine> Draw(RunProgress run, int width, int height, bool details, string keys)
    {
        if (width < LeastWidth)
        {
            return [InkLine.Of(run.Pipeline, Ink.Strong)];
        }

        // Numbers that were asked for are told before what is always told.
        List<(int Rank, InkLine[] Lines)> parts =
        [
            (0, [Header(run, width)]),
            (5, [.. Wrap(Facts(run), width)]),
            (6, [.. AccountView.Draw(run.Account, width)]),
            (2, [.. BlocksView.Draw(run, width)]),
            (Numbers, [.. details ? BlocksView.Numbers(run) : []]),
            (4, [.. Workers(run, width)]),
            (8, [.. Lookups(run, width)]),
            (7, [.. Rejects(run, width)]),
            (1, [.. Judgement(run, width, details)]),
            (3, keys.Length == 0 ? [] : [InkLine.Of(Indent + keys, Ink.Faint)]),
        ];
        int needed = parts.Where(part => part.Rank <= Numbers).Sum(part => part.Lines.Length);
        int numbers = parts.FindIndex(part => part.Rank == Numbers);
        if (needed > height && parts[numbers].Lines.Length > 0)
        {
            parts[numbers] = (Numbers, [InkLine.Of($"{Indent}details need {needed} lines, and there is room for {height}", Ink.Faint)]);
        }

        while (parts.Count > 1 && parts.Sum(part => part.Lines.Length) > height)
        {
            parts.Remove(parts.MaxBy(part => part.Rank));
        }

        return [.. parts.SelectMany(part => part.Lines)];
    }

    /// <summary>A duration such as <c>1:42</c> or <c>2:01:42</c>.</summary>
    public static string Time(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
    }

    public static string Bytes(double bytes) => bytes switch
    {
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
    };

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    private static InkLine Header(RunProgress run, int width)
    {
        string word = ProgressText.Word(run);
        InkLine line = InkLine.Of(run.Pipeline, Ink.Strong)
            .Add("  ")
            .Add(run.WaitsFor is null ? word : $"{word} for {Time(run.PhaseSeconds)}", word is "paused" or "stopping" ? Ink.Alarm : Ink.Plain);
        if (run.WaitsFor is not null)
        {
            return line;
        }

        string read = run.BytesTotal is { } total ? $"{Bytes(run.BytesRead)} of {Bytes(total)}" : $"{Bytes(run.BytesRead)} read";
        string left = run.EtaSeconds is { } eta && !run.Paused && !run.Stopping ? $"  {Time(eta)} left" : "";
        string behind = $"  {read}{left}";
        if (run.Share is { } share)
        {
            line.Add($" {Math.Floor(100 * share).ToString("0", CultureInfo.InvariantCulture)} %");
            int cells = Math.Min(MostBar, width - line.Length - behind.Length - 2);
            int done = (int)(Math.Max(0, cells) * share);
            line.Add(cells < 5 ? "" : "  ").Add(cells < 5 ? "" : new string('━', done), Ink.Good)
                .Add(cells < 5 ? "" : new string('─', cells - done), Ink.Faint);
        }

        return line.Add(behind);
    }

    private static IEnumerable<InkLine> Facts(RunProgress run)
    {
        if (run.Blocks.Count > 0)
        {
            string before = run.RecordsBefore == 0 ? "" : $" and {Show.Count(run.RecordsBefore)} before";
            yield return InkLine.Of($"{Show.Count(run.Account.Read)} records{before}");
            yield return run.WaitsFor is null
                ? InkLine.Of($"{Show.Count((long)run.RowsPerSecond)}/s now, {Show.Count((long)run.MeanRowsPerSecond)}/s mean")
                : InkLine.Of($"{Show.Count((long)run.MeanRowsPerSecond)}/s mean");
        }

        yield return InkLine.Of($"{Time(run.Seconds)} so far");
        yield return InkLine.Of($"{Bytes(run.MemoryBytes)} memory");
        if (run.Commits > 0 && !run.DryRun)
        {
            yield return InkLine.Of(run.WaitsFor is null
                ? $"{Show.Count(run.Commits, "commit")}, COPY {Megabytes(run.CopyBytesPerSecond)} MB/s"
                : $"{Show.Count(run.Commits, "commit")}, {Bytes(run.CopiedBytes)} copied");
        }
    }

    private static string Megabytes(double bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    private static IEnumerable<InkLine> Lookups(RunProgress run, int width)
        => run.Lookups.Count == 0 ? [] : Table(
            ["lookup", ">ids", ">hits", ">remembered", ">p50", ">p95"],
            [
                .. run.Lookups.Select(lookup => (string[])
                [
                    TextTable.Cell(lookup.Name, BlocksView.MostName),
                    lookup.Ids == 0 ? "–" : Show.Count(lookup.Ids),
                    lookup.Records == 0 ? "–" : Percent((double)lookup.Hits / lookup.Records),
                    lookup.Cached > 0 ? "cached" : lookup.Remembered == 0 ? "–" : Percent((double)lookup.Remembered / lookup.Ids),
                    Milliseconds(lookup.P50Seconds),
                    Milliseconds(lookup.P95Seconds),
                ]),
            ],
            width);

    private static IEnumerable<InkLine> Workers(RunProgress run, int width)
        => run.Workers is not { Count: > 0 } workers ? [] : Table(
            ["worker", ">splits", ">held", ">records/s", ">busy", ">idle", ">blocked", ">last seen"],
            [
                .. workers.Select(worker =>
                {
                    double all = worker.BusySeconds + worker.WaitingSeconds + worker.IdleSeconds + worker.BlockedSeconds;
                    return (string[])
                    [
                        TextTable.Cell($"{worker.Host}, {worker.ProcessId.ToString(CultureInfo.InvariantCulture)}", BlocksView.MostName),
                        Show.Count(worker.SplitsDone),
                        Show.Count(worker.SplitsHeld),
                        Show.Count((long)worker.RecordsPerSecond),
                        Share(worker.BusySeconds, all),
                        Share(worker.IdleSeconds, all),
                        Share(worker.BlockedSeconds, all),
                        worker.LastSeenSeconds is { } seen ? $"{Time(seen)} ago" : "left",
                    ];
                }),
            ],
            width);

    private static string Share(double part, double whole) => whole > 0 ? Percent(part / whole) : "–";

    /// <summary>A table, indented; columns that have no room go.</summary>
    public static IEnumerable<InkLine> Table(string[] headers, IReadOnlyList<string[]> rows, int width)
    {
        TableColumn[] columns = [.. headers.Select((header, index) => (TableColumn)(index == 0 ? header : $"?{header}"))];
        string[] lines = TextTable.Draw(width - Indent.Length, columns, rows).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Take(rows.Count + 1).Select((line, index) => InkLine.Of(Indent + line, index == 0 ? Ink.Faint : Ink.Plain));
    }

    private static string Milliseconds(double? seconds) => seconds switch
    {
        null => "–",
        < 0.01 => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:0} ms"),
    };

    private static IEnumerable<InkLine> Rejects(RunProgress run, int width)
        => run.Rejects.Count == 0 ? [] : Wrap(
            [
                InkLine.Of("rejects:", Ink.Alarm),
                .. run.Rejects.OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal)
                    .Select(reason => InkLine.Of($"{reason.Key} {Show.Count(reason.Value)}")),
            ],
            width);

    private static IEnumerable<InkLine> Judgement(RunProgress run, int width, bool details)
    {
        if (run.WaitsFor is { } waits)
        {
            return Wrap(Words($"waits for {waits}", Ink.Strong), width, " ");
        }

        if (run.Verdict is not { } verdict)
        {
            return [];
        }

        string sure = verdict switch { { Limit: "nothing" } or { Sure: "clear" } => "", { Sure: "likely" } => "probably: ", _ => "perhaps: " };
        IEnumerable<InkLine> said = Wrap(
            [.. Words(sure + verdict.Finding, verdict.Sure == "unclear" ? Ink.Plain : Ink.Strong), .. Words(verdict.Advice, Ink.Plain)], width, " ");
        return details && verdict.Change is { } change ? [.. said, InkLine.Of($"{Indent}try {change}")] : said;
    }

    public static IEnumerable<InkLine> Words(string text, Ink ink)
        => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => InkLine.Of(word, ink));

    /// <summary>Sets pieces one behind the other, on as many indented lines as they need.</summary>
    public static IEnumerable<InkLine> Wrap(IEnumerable<InkLine> pieces, int width, string between = "   ")
    {
        List<InkLine> lines = [];
        foreach (InkLine piece in pieces)
        {
            if (lines.Count == 0 || lines[^1].Length + between.Length + piece.Length > width)
            {
                lines.Add(InkLine.Of(Indent).Add(piece));
            }
            else
            {
                lines[^1].Add(between).Add(piece);
            }
        }

        return lines;
    }
}
