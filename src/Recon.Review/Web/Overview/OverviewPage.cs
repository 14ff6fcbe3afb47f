using Npgsql;
using Recon.Postgres.Runs.Live;
using Recon.Review.Markup;

namespace Recon.Review.Web.Overview;

/// <summary>The report, alive: what the published results would do, and what the runs that are going on are at.</summary>
internal static class OverviewPage
{
    private const string Path = "/";

    public static ReviewPage Page { get; } = new("Overview", Path, Map);

    private static void Map(ReviewRoutes routes)
    {
        var reports = new PublishedReport(routes.Settings);
        routes.Get(Path, request => ShowAsync(request, reports));
        routes.Get(LiveSection.Path, async request => PageAnswer.Fragment(await LiveAsync(request)));
        routes.Get(PublishedReport.Path, request => ReportAsync(request, reports));
    }

    private static async Task<PageAnswer> ShowAsync(PageRequest request, PublishedReport reports)
    {
        Html live = await LiveAsync(request);
        Html report = await reports.ShowAsync(request.Stop);
        return request.Page("Overview", Html.Of($"""<h1 class="unseen">Overview</h1>{live}{report}"""));
    }

    private static async Task<Html> LiveAsync(PageRequest request)
    {
        await using NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop);
        (IReadOnlyList<RunningRun> runs, _) = await RunningRuns.ListAsync(connection, request.Stop);
        return LiveSection.Of([.. runs.Where(run => run.Schema == request.Settings.Definition.Staging.Schema)]);
    }

    private static async Task<PageAnswer> ReportAsync(PageRequest request, PublishedReport reports)
        => await reports.ReadAsync(request.Query(PublishedReport.Have), request.Stop) is { } report ? PageAnswer.Fragment(report) : PageAnswer.Unchanged;
}
