using System.Text;
using Recon.Dataflow;

namespace Recon.HubSpot.Updates;

/// <summary>What an export holds; the content of its <c>manifest.json</c>.</summary>
/// <param name="Left">Records that are left out because another one has the same HubSpot id.</param>
/// <param name="Files">The update files, in the order of legacy ids.</param>
/// <param name="UndoFiles">The files that put the previous values back.</param>
internal sealed record PackManifest(
    string Pipeline,
    string ObjectType,
    long Records,
    IReadOnlyDictionary<string, long> PropertyChanges,
    long Left,
    IReadOnlyList<UpdateFile> Files,
    IReadOnlyList<UpdateFile> UndoFiles)
{
    /// <summary>The endpoint that each file is posted to.</summary>
    public string Endpoint => $"/crm/v3/objects/{ObjectType}/batch/update";

    /// <summary>What sending the update files costs.</summary>
    public IReadOnlyList<QuotaForecast> Forecast => QuotaForecast.For(Files.Count);
}

/// <summary>
/// Writes an export as a folder: <c>update-00001.json</c> and up, each the body of one batch update of at most 100
/// inputs; <c>undo-00001.json</c> and up, which put back what HubSpot held; and <c>manifest.json</c>. The same staging
/// content gives the same bytes.
/// </summary>
internal static class HubspotPack
{
    public const string ManifestName = "manifest.json";

    /// <summary>Writes the folder: complete, or not at all. Files are for their owner only (mode 0600).</summary>
    /// <param name="target">The folder, which must not exist, be empty, or (with <paramref name="force"/>) hold an export.</param>
    /// <param name="force">Whether an export that is there is replaced.</param>
    /// <param name="records">Filtered records in ordinal order of their legacy ids.</param>
    /// <param name="left">Records left out because they share a HubSpot id, for the manifest.</param>
    /// <exception cref="ExportException">The target is in the way, or a record cannot be updated.</exception>
    public static async Task<PackManifest> WriteAsync(
        string target,
        bool force,
        string pipeline,
        string objectType,
        IAsyncEnumerable<ReconciledRecord> records,
        long left,
        CancellationToken cancellationToken)
    {
        using var folder = TargetFolder.Prepare(target, force);
        using var updates = new BatchFileWriter(folder.Working, "update");
        using var undo = new BatchFileWriter(folder.Working, "undo");
        SortedDictionary<string, long> changes = new(StringComparer.Ordinal);
        long count = 0;
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
            count++;
            await updates.AddAsync(id, record.LegacyId, record.Updates, cancellationToken);

            // What HubSpot held is put back; what it did not hold is cleared.
            await undo.AddAsync(
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
        var manifest = new PackManifest(pipeline, objectType, count, changes, left, updates.Files, undo.Files);
        await using (FileStream file = PrivateFile.Create(Path.Combine(folder.Working, ManifestName)))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(ManifestJson.Write(manifest)), cancellationToken);
        }

        folder.Complete();
        return manifest;
    }

    // UTF-8 order, which is what collate "C" gives.
    private static int CompareUtf8(string left, string right)
        => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
