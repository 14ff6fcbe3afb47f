using System.Globalization;
using Recon.Postgres.Runs.Live;
using Recon.Review.Charts;
using Recon.Review.Markup;

namespace Recon.Review.Web.Overview;

/// <summary>The runs that are going on: what <c>recon top</c> shows.</summary>
internal static class LiveSection
{
    public const string Path = "/overview/live";

    private static readonly (string Colour, string Name, Func<BlockProgress, double> Seconds)[] s_times =
    [
        ("busy", "busy", block => block.BusySeconds),
        ("waiting", "waiting", block => block.WaitingSeconds),
        ("blocked", "blocked", block => block.BlockedSeconds),
        ("idle", "idle", block => block.IdleSeconds),
    ];

    /// <summary>Asks for itself anew: often while something is going on.</summary>
    public static Html Of(IReadOnlyList<RunningRun> runs) => Html.Of($"""
        <div id="live" hx-get="{Path}" hx-trigger="every {(runs.Count == 0 ? "5s" : "2s")}" hx-swap="outerHTML" data-say="{Said(runs)}">{(runs.Count == 0 ? Html.None : Html.Of($"""<section class="live" aria-label="Runs in progress">{runs.Select(Run)}</section>"""))}</div>
        """);

    // What changes seldom: it is read aloud.
    private static string Said(IReadOnlyList<RunningRun> runs)
        => string.Join(". ", runs.Select(run => $"{run.Pipeline} is running{(run.Progress is { } progress ? $": {progress.Phase}" : "")}"));

    private static Html Run(RunningRun run) => Html.Of($"""
        <article class="run"><header><h2>{run.Pipeline}</h2><p class="what">{Word(run)}, on {run.Holder}</p></header>
        {(run.IsStale ? Html.Of($"""<p class="alert">No sign of life for {Numbers.Clock(run.Silence.TotalSeconds)}: it may be dead. 'recon run {run.Pipeline} --resume' then goes on with it.</p>""") : Html.None)}
        {(run.Progress is { } progress ? Progress(progress) : Html.Of($"""<p class="what">It has just started, or is no run but holds the pipeline.</p>"""))}</article>
        """);

    private static string Word(RunningRun run) => run.Progress switch
    {
        null => "starting",
        { WaitsFor: not null } progress => $"{progress.Phase} for {Numbers.Clock(progress.PhaseSeconds)}",
        { Stopping: true } => "stopping",
        { Paused: true } => "paused",
        { DryRun: true } progress => $"{progress.Phase}, dry run",
        var progress => progress.Phase,
    };

    private static Html Progress(RunProgress run) => Html.Of($"""
        {(run.Share is { } share ? Html.Of($"""<div class="share">{StackedBar.Of($"{Percent(share)} of the input is read", [("equal", share)], 1)}<p class="what">{Percent(share)}{(run.EtaSeconds is { } eta && run is { Paused: false, Stopping: false } ? $", {Numbers.Clock(eta)} left" : "")}</p></div>""") : Html.None)}
        <p class="facts">{Facts(run).Select(fact => Html.Of($"""<span><b>{fact.Number}</b> {fact.What}</span> """))}</p>
        {(run.WaitsFor is { } waits ? Html.Of($"""<p class="lead">Waits for {waits}.</p>""") : Html.None)}{Blocks(run)}
        {(run is { WaitsFor: null, Verdict: { Sure: not "unclear" } verdict } ? Html.Of($"""<p class="note">{verdict.Finding} {verdict.Advice}</p>""") : Html.None)}
        """);

    private static IEnumerable<(string Number, string What)> Facts(RunProgress run)
    {
        RowAccount account = run.Account;
        yield return (Numbers.Count(account.Read), "records");
        if (run.RecordsBefore > 0)
        {
            yield return (Numbers.Count(run.RecordsBefore), "before");
        }

        yield return (Numbers.Count((long)(run.WaitsFor is null ? run.RowsPerSecond : run.MeanRowsPerSecond)), run.WaitsFor is null ? "a second" : "a second in all");
        foreach ((long count, string what) in (IEnumerable<(long, string)>)
            [(account.Matched, "matched"), (account.WithChanges, "with changes"), (account.Unmatched, "unmatched"), (account.Ambiguous, "ambiguous"), (account.Conflict, "conflict"), (account.Rejected, "rejected")])
        {
            if (count > 0)
            {
                yield return (Numbers.Count(count), what);
            }
        }

        yield return (Numbers.Clock(run.Seconds), "so far");
    }

    private static Html Blocks(RunProgress run) => run.Blocks.Count == 0 ? Html.None : Html.Of($"""
        <table class="grid rows times blocks"><caption class="unseen">What the workers of each block do, and what waits</caption>
        <thead><tr><th scope="col">block</th><th scope="col" class="wide"><span class="unseen">shares of the time: </span>{s_times.Select(time => Html.Of($"""<span class="legend"><span class="key c-{time.Colour}"></span>{time.Name}</span> """))}</th><th scope="col" class="n">most of it</th><th scope="col" class="n">batches</th><th scope="col" class="n">waiting</th></tr></thead>
        <tbody>{run.Blocks.Select(block => Block(block, run is { WaitsFor: null, Verdict: { Sure: not "unclear" } verdict } && verdict.Block == block.Name))}</tbody></table>
        """);

    private static Html Block(BlockProgress block, bool isLimit)
    {
        double all = s_times.Sum(time => time.Seconds(block));
        (string _, string name, Func<BlockProgress, double> seconds) = s_times.MaxBy(time => time.Seconds(block));
        string most = all == 0 ? "" : $"{Percent(seconds(block) / all)} {name}";
        return Html.Of($"""
            <tr><th scope="row">{block.Name}{(block.Workers > 1 ? $" ×{Numbers.Count(block.Workers)}" : "")}{(isLimit ? Html.Of($""" <span class="badge">limits</span>""") : Html.None)}</th><td class="wide">{(all == 0 ? Html.None : StackedBar.Of($"{block.Name}: {most}", s_times.Select(time => (time.Colour, time.Seconds(block)))))}</td><td class="n" data-label="most of it">{most}</td><td class="n" data-label="batches">{Numbers.Count(block.Batches)}</td><td class="n" data-label="waiting">{(block.Capacity == 0 ? "" : $"{Numbers.Count(block.Queued)} of {Numbers.Count(block.Capacity)}")}</td></tr>
            """);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * share):0} %");
}
