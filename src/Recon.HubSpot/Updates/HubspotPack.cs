using System.Globalization;
using System.Text;
using Recon.Dataflow;

namespace Recon.HubSpot.Updates;

/// <summary>What an export is of.</summary>
/// <param name="ObjectType">The object type of records that have none of their own; <see langword="null"/> when each has its own.</param>
/// <param name="Run">The run whose result it is; <see langword="null"/> when the log does not tell.</param>
internal sealed record PackSource(string Pipeline, string? ObjectType, PackRun? Run, DateTimeOffset ExportedAt)
{
    /// <summary>Runs of some records only that were merged into the result since.</summary>
    public IReadOnlyList<Guid> MergedRuns { get; init; } = [];

    /// <summary>Records that are left out because another one has the same HubSpot id.</summary>
    public long Shared { get; init; }

    /// <summary>Records that are left out because another pipeline claims their HubSpot records.</summary>
    public long ClaimedElsewhere { get; init; }

    /// <summary>A folder name that no other export has: pipeline, run and time.</summary>
    public string FolderName => string.Create(
        CultureInfo.InvariantCulture,
        $"hubspot-{Pipeline}-{(Run is null ? "" : Run.Id.ToString("N")[^12..] + "-")}{ExportedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
}

/// <summary>A run, as exports name it.</summary>
/// <param name="InputFiles">The files that it read; <see langword="null"/> when the log does not tell.</param>
internal sealed record PackRun(Guid Id, DateTimeOffset StartedAt, string? InputFiles, string InputFingerprint);

/// <summary>The part of an export that goes to one endpoint.</summary>
internal sealed record PackObject(string ObjectType, long Records, int Calls)
{
    public string Endpoint => $"/crm/v3/objects/{ObjectType}/batch/update";
}

/// <summary>What an export holds; the content of its <c>manifest.json</c>.</summary>
/// <param name="WithoutObject">Records that are left out because nothing tells their object type.</param>
/// <param name="Files">The update files, by object type and in the order of legacy ids.</param>
/// <param name="UndoFiles">The files that put the previous values back.</param>
internal sealed record PackManifest(
    PackSource Source,
    IReadOnlyList<PackObject> Objects,
    long Records,
    long WithoutObject,
    IReadOnlyDictionary<string, long> PropertyChanges,
    IReadOnlyList<UpdateFile> Files,
    IReadOnlyList<UpdateFile> UndoFiles)
{
    /// <summary>What sending the update files costs.</summary>
    public IReadOnlyList<QuotaForecast> Forecast => QuotaForecast.For(Files.Count);
}

/// <summary>An export that was written.</summary>
/// <param name="Folder">The folder; absolute.</param>
/// <param name="Former">Where the export is now whose place it took; <see langword="null"/> when there was none.</param>
internal sealed record WrittenPack(PackManifest Manifest, string Folder, string? Former);

/// <summary>
/// Writes an export as a folder: <c>update-00001.json</c> and up, each the body of one batch update of at most 100
/// inputs; <c>undo-00001.json</c> and up, which put back what HubSpot held; and <c>manifest.json</c>. Where records have
/// object types of their own, files are named <c>update-calls-00001.json</c>. The same staging content gives the same
/// update and undo files.
/// </summary>
internal static class HubspotPack
{
    public const string ManifestName = "manifest.json";

    /// <summary>Writes the folder: complete, or not at all. Files are for their owner only (mode 0600).</summary>
    /// <param name="target">The folder, which must not exist, be empty, or (with <see cref="TakenFolder.MoveAside"/>) hold an export.</param>
    /// <param name="taken">What happens otherwise. An export that is there is never deleted: it holds the way back.</param>
    /// <param name="records">Filtered records in ordinal order of their legacy ids.</param>
    /// <exception cref="ExportException">The target is in the way, or a record cannot be updated.</exception>
    public static async Task<WrittenPack> WriteAsync(
        string target,
        TakenFolder taken,
        PackSource source,
        IAsyncEnumerable<ReconciledRecord> records,
        CancellationToken cancellationToken)
    {
        using var folder = TargetFolder.Prepare(target, taken);
        var updates = new BatchFiles(folder.Working, "update", source.ObjectType);
        var undo = new BatchFiles(folder.Working, "undo", source.ObjectType);
        SortedDictionary<string, long> changes = new(StringComparer.Ordinal);
        long count = 0;
        long left = 0;
        string? last = null;
        await foreach (ReconciledRecord record in records.WithCancellation(cancellationToken))
        {
            if (record.HubspotId is not { } id || record.Updates.Count == 0)
            {
                throw new ExportException("Only matched records with changes can be exported for HubSpot.");
            }

            if (last is not null && CompareUtf8(last, record.LegacyId) >= 0)
            {
                throw new ExportException("The records are not in the order of their legacy ids, so the files would not be reproducible.");
            }

            last = record.LegacyId;
            if ((record.ObjectType ?? source.ObjectType) is not { } type)
            {
                left++;
                continue;
            }

            count++;
            await updates.Of(type).AddAsync(id, record.LegacyId, record.Updates, cancellationToken);

            // What HubSpot held is put back; what it did not hold is cleared.
            await undo.Of(type).AddAsync(
                id,
                record.LegacyId,
                record.Updates.Keys.Select(name => KeyValuePair.Create(name, record.Previous.GetValueOrDefault(name) ?? "")),
                cancellationToken);
            foreach (string name in record.Updates.Keys)
            {
                changes[name] = changes.GetValueOrDefault(name) + 1;
            }
        }

        await updates.FlushAsync(cancellationToken);
        await undo.FlushAsync(cancellationToken);
        var manifest = new PackManifest(source, updates.Objects, count, left, changes, updates.Files, undo.Files);
        await using (FileStream file = PrivateFile.Create(Path.Combine(folder.Working, ManifestName)))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(ManifestJson.Write(manifest)), cancellationToken);
        }

        (string place, string? former) = folder.Complete();
        return new WrittenPack(manifest, place, former);
    }

    // UTF-8 order, which is what collate "C" gives.
    private static int CompareUtf8(string left, string right)
        => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
