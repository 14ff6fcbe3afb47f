using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Sections;

namespace Recon.Review.Web.Overview;

/// <summary>The report of the published results, read once for as long as nothing of it differs. Thread-safe.</summary>
internal sealed class PublishedReport(ReviewSettings settings)
{
    public const string Path = "/overview/report";

    /// <summary>Names the version that is shown.</summary>
    public const string Have = "have";

    // Reading takes at most a fifth of the time, also while somebody decides record by record.
    private const int RestOfReading = 4;

    private readonly StagingTables _tables = new(settings.Definition.Staging.Schema);
    private readonly Lock _gate = new();
    private string? _version;
    private Task<Html>? _report;
    private TimeSpan _took;
    private long _readAt;

    /// <summary>The report where it has been read, else a place for it.</summary>
    public async Task<Html> ShowAsync(CancellationToken cancellationToken)
    {
        string version = await VersionAsync(cancellationToken);
        Task<Html>? known;
        lock (_gate)
        {
            known = version == _version && _report is { IsCompletedSuccessfully: true } ? _report : null;
        }

        return known is null
            ? Html.Of($"""<div id="report" hx-get="{Path}" hx-trigger="load" hx-swap="outerHTML"><p class="calm">The results are being read …</p></div>""")
            : await known;
    }

    /// <param name="have">The version that is shown already.</param>
    /// <returns><see langword="null"/> when that is the one.</returns>
    public async Task<Html?> ReadAsync(string? have, CancellationToken cancellationToken)
    {
        string version = await VersionAsync(cancellationToken);
        if (version == have)
        {
            return null;
        }

        Task<Html>? report;
        lock (_gate)
        {
            // Whoever waits for it may leave; others may wait, too.
            bool isUsable = _report is { IsFaulted: false, IsCanceled: false };
            bool mayRead = _report is null or { IsCompleted: true } && settings.Clock.GetElapsedTime(_readAt) >= RestOfReading * _took;
            if (!isUsable || (version != _version && mayRead))
            {
                (_version, _report) = (version, BuildAsync(version));
            }

            if (_version == have)
            {
                return null;
            }

            report = _report;
        }

        return await report!.WaitAsync(cancellationToken);
    }

    private async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await settings.Database.OpenConnectionAsync(cancellationToken);
        return await ResultVersion.ReadAsync(connection, _tables, settings.Pipelines, cancellationToken);
    }

    private async Task<Html> BuildAsync(string version)
    {
        long began = settings.Clock.GetTimestamp();
        List<PipelineEvidence> evidence = [];
        // Reads all results, one at a time and for nobody alone: no time is too long.
        await using (NpgsqlConnection connection = await settings.Sources.Control.OpenConnectionAsync(settings.Stopping))
        {
            var reader = new ReportReader(connection, _tables);
            foreach (ValidPipeline pipeline in settings.Pipelines)
            {
                evidence.Add(PipelineEvidence.Of(
                    settings.Reading, pipeline, await reader.ReadAsync(pipeline, run: null, ReportDetail.Limits(settings.IsMasked, compares: true), settings.Stopping)));
            }
        }

        (_took, _readAt) = (settings.Clock.GetElapsedTime(began), settings.Clock.GetTimestamp());
        ReportDocument document = new ReportBuilder(settings.ToolVersion, settings.Clock.GetUtcNow(), settings.IsMasked).Build(evidence, ReportDetail.Most);
        string again = $"{Path}?{Have}={version}";
        return Html.Of($"""
            <div id="report" hx-get="{again}" hx-trigger="every 3s" hx-swap="outerHTML">{OverviewSection.Of(document)}{document.Pipelines.Select(PipelineSection.Of)}</div>
            """);
    }
}
