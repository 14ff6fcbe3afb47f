using System.Globalization;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Telemetry;

/// <summary>What limits a run.</summary>
internal enum LimitedBy
{
    /// <summary>Nothing in particular: no block works most of the time.</summary>
    Nothing,

    /// <summary>What comes before the first record: catalog, caches, checks of the input.</summary>
    Opening,

    /// <summary>The one reader of the file.</summary>
    Reader,

    /// <summary>Whoever writes the pipe, or the program whose records are read.</summary>
    Input,

    /// <summary>The answers of the server to a lookup.</summary>
    LookupAnswers,

    /// <summary>A lookup that computes here, such as from a cached table.</summary>
    LookupWork,

    Diff,

    /// <summary>The writers of the stage block.</summary>
    Writers,

    /// <summary>The commits of the stage block.</summary>
    Commit,

    /// <summary>What follows the last batch: indexes, folding, claims, publication.</summary>
    Publication,

    /// <summary>The processors of this machine.</summary>
    Processors,
}

internal enum Sureness
{
    Unclear,
    Likely,
    Clear,
}

/// <summary>How long a run took, in parts.</summary>
/// <param name="Opening">Before the first record.</param>
/// <param name="Streaming">From the first record to the last commit.</param>
/// <param name="Ending">After the last commit.</param>
/// <param name="LongestEnding">The phase that took most of the ending; <see langword="null"/> when there was none.</param>
internal sealed record RunParts(TimeSpan Opening, TimeSpan Streaming, TimeSpan Ending, string? LongestEnding)
{
    /// <summary>How long somebody held the reader while records were read.</summary>
    public TimeSpan Paused { get; init; }

    public TimeSpan All => Opening + Streaming + Ending;
}

/// <summary>Which block or phase limited a run, and what to change.</summary>
/// <param name="Block">The block that limited while records were read; <see langword="null"/> when none finished a batch.</param>
/// <param name="Share">The share of its time that the limit was at work, 0 to 1: of the block's workers, of the processors, or of the run.</param>
/// <param name="Finding">One sentence.</param>
/// <param name="Advice">What to change, in words.</param>
/// <param name="Change">The keys of one block of the definition to change, as a JSON object; <see langword="null"/> where the definition cannot help.</param>
internal sealed record Verdict(LimitedBy Limit, string? Block, Sureness Sure, double Share, string Finding, string Advice, string? Change)
{
    // A part of a run that takes more than this share of it is what to look at first.
    private const double Most = 0.5;

    // Above these shares of all processors, more work at a time cannot help. A server on this machine takes its part of
    // them; where recon itself takes next to none, others use them, and recon waits for something else.
    private const double OwnExhausted = 0.85;
    private const double AllExhausted = 0.9;
    private const double OwnPart = 0.2;

    private const int FewBatches = 5;

    // A pause that takes more than this share of the reading makes all blocks look idle.
    private const double TooLong = 0.1;

    /// <summary>Judges a graph that ended.</summary>
    /// <param name="blocks">Its blocks, in order.</param>
    public static Verdict Of(ValidPipeline pipeline, IReadOnlyList<BlockStats> blocks, RunParts parts, ProcessorUse processors)
    {
        BlockStats[] ranked = [.. blocks.Where(block => block is { Workers: > 0, Batches: > 0 }).OrderByDescending(block => block.Times.Load)];
        BlockStats? first = ranked.FirstOrDefault();
        if (first is not null && parts.All > TimeSpan.Zero && OfPhases(parts, first.Name) is { } phase)
        {
            return phase;
        }

        if (first is null)
        {
            return new Verdict(LimitedBy.Nothing, null, Sureness.Unclear, 0, "No batch was finished, so nothing can be said about what limits.", "", null);
        }

        if (parts.Paused > TooLong * parts.Streaming)
        {
            return new Verdict(
                LimitedBy.Nothing, first.Name, Sureness.Unclear, first.Times.Load,
                $"Reading was paused for {Percent(parts.Paused / parts.Streaming)} of the time, so nothing can be said about what limits.", "", null);
        }

        double load = first.Times.Load;
        double next = ranked.Length > 1 ? ranked[1].Times.Load : 0;
        Sureness sure = first.Batches < FewBatches ? Sureness.Unclear
            : load >= 0.75 && load - next >= 0.15 ? Sureness.Clear
            : load >= Most && load - next >= 0.03 ? Sureness.Likely
            : Sureness.Unclear;
        return OfProcessors(processors, first)
            ?? (load < Most
                ? new Verdict(
                    LimitedBy.Nothing, first.Name, Sureness.Unclear, load,
                    $"No block limits: even '{first.Name}' is at work for only {Percent(load)} of the time.", "", null)
                : OfBlock(pipeline, first, sure, processors.Cores));
    }

    /// <summary>The finding and what to do.</summary>
    public override string ToString() => Advice.Length == 0 ? Finding : $"{Finding} {Advice}";

    private static Verdict? OfPhases(RunParts parts, string block)
    {
        double ending = parts.Ending / parts.All;
        double opening = parts.Opening / parts.All;
        return ending > Most
            ? new Verdict(
                LimitedBy.Publication, block, SureOf(ending), ending,
                $"What follows the last batch takes {Percent(ending)} of the run, most of it {parts.LongestEnding ?? "publishing"}.",
                "The server does it: its disk, its memory for maintenance (maintenance_work_mem) and locks of others on the staging table decide.",
                null)
            : opening > Most
            ? new Verdict(
                LimitedBy.Opening, block, SureOf(opening), opening,
                $"What comes before the first record takes {Percent(opening)} of the run: the catalog, the checks of the input, and tables that are cached.",
                "For large caches, the strategy \"any\" asks for each batch instead.",
                null)
            : null;
    }

    private static Sureness SureOf(double share) => share >= 0.7 ? Sureness.Clear : Sureness.Likely;

    private static Verdict? OfProcessors(ProcessorUse processors, BlockStats first)
    {
        string name = processors.Cores switch
        {
            1 => "The one core",
            2 => "The two cores",
            4 => "The four cores",
            8 => "The eight cores",
            int many => $"The {many} cores",
        };
        const string Advice = "More parallelism does not help; fewer or cheaper properties, a server on another machine, or more cores do.";
        return processors.Own >= OwnExhausted
            ? new Verdict(
                LimitedBy.Processors, first.Name, Sureness.Clear, processors.Own,
                $"{name} of this machine limit: recon keeps them busy for {Percent(processors.Own)} of the time.", Advice, null)
            : processors.All >= AllExhausted && processors.Own >= OwnPart
            ? new Verdict(
                LimitedBy.Processors, first.Name, Sureness.Likely, processors.All.Value,
                $"{name} of this machine limit: they are busy for {Percent(processors.All.Value)} of the time, of which recon takes {Percent(processors.Own)} and others, such as a server on this machine, the rest.",
                Advice, null)
            : null;
    }

    private static Verdict OfBlock(ValidPipeline pipeline, BlockStats block, Sureness sure, int cores)
    {
        BlockTimes times = block.Times;
        bool waits = times.Waiting > times.Busy;
        double share = (waits ? times.Waiting : times.Busy) / times.All;
        string who = block.Workers == 1 ? "its one worker" : $"its {block.Workers} workers";
        string verb = block.Workers == 1 ? waits ? "waits" : "works" : waits ? "wait" : "work";
        Verdict Say(LimitedBy limit, string what, string advice, string? change = null)
            => new(limit, block.Name, sure, share, $"'{block.Name}' limits: {who} {verb} {what}for {Percent(share)} of the time.", advice, change);
        string more = block.Workers < cores
            ? "More of them at a time help, as long as there are free cores."
            : "There are no more cores for it: fewer or cheaper properties help.";
        return (block.Kind, waits) switch
        {
            ("csv", false) => Say(
                LimitedBy.Reader, "", "There is one reader of the input: a faster disk, an uncompressed file or fewer columns help, parallelism does not."),
            ("csv", true) => Say(LimitedBy.Input, "for the input ", "Whoever writes it is slower than recon."),
            ("lookup", true) => Say(
                LimitedBy.LookupAnswers,
                "for the server ",
                "More questions at a time may help, if the server has processors left, or an index on the key: 'recon check' shows missing ones.",
                More(block, "parallelism", 32)),
            ("lookup", false) => Say(LimitedBy.LookupWork, "", more, block.Workers < cores ? More(block, "parallelism", 32) : null),
            ("diff", _) => Say(LimitedBy.Diff, "", more, block.Workers < cores ? More(block, "parallelism", 32) : null),
            _ when waits && times.Committing >= times.Waiting / 2 => Say(
                LimitedBy.Commit,
                "for the server, mostly for its COMMIT, ",
                "Larger batches commit less often; the disk of the server's write-ahead log, and standbys that it waits for, decide.",
                Larger(pipeline.Batch)),
            _ => Say(
                LimitedBy.Writers,
                waits ? "for the server to take rows " : "",
                "More writers may help, if the server has processors and disk left.",
                More(block, "writers", 16)),
        };
    }

    private static string? More(BlockStats block, string key, int most)
    {
        int workers = Math.Min(most, 2 * block.Workers);
        int capacity = Math.Clamp(2 * workers, block.Capacity, Math.Max(64, block.Capacity));
        string named = block.Name == block.Kind ? "" : $", \"name\": \"{block.Name}\"";
        return workers == block.Workers ? null : Invariant(
            $$"""{"kind": "{{block.Kind}}"{{named}}, "{{key}}": {{workers}}, "capacity": {{capacity}}}""");
    }

    private static string? Larger(BatchBlockDefinition batch)
    {
        int rows = Math.Min(100_000, 2 * batch.Rows);
        string named = batch.Name is { } name ? $", \"name\": \"{name}\"" : "";
        return rows == batch.Rows ? null : Invariant($$"""{"kind": "batch"{{named}}, "rows": {{rows}}}""");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => Invariant($"{100 * share:0} %");
}
