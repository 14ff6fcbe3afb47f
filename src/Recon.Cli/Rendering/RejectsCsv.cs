using System.Globalization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;

namespace Recon.Cli.Rendering;

/// <summary>Writes rejects as CSV for people: every cell quoted, none that a spreadsheet would take for a formula.</summary>
internal sealed class RejectsCsv(TextWriter writer, bool mask) : IAsyncDisposable
{
    /// <summary>Creates a file, for its owner only, and writes the header.</summary>
    public static async Task<RejectsCsv> CreateAsync(string path, bool mask)
    {
#pragma warning disable CA2000 // The object that is returned owns it.
        var csv = new RejectsCsv(OwnerOnlyFile.Create(path), mask);
#pragma warning restore CA2000
        await csv.WriteAsync("pipeline", "file", "line", "byte_offset", "column", "reason", "message", "raw_record");
        return csv;
    }

    public Task WriteAsync(string pipeline, string? file, RejectedRecord reject) => WriteAsync(
        pipeline,
        file,
        reject.Line.ToString(CultureInfo.InvariantCulture),
        reject.ByteOffset.ToString(CultureInfo.InvariantCulture),
        reject.Column,
        reject.Reason,
        reject.Message,
        mask ? Mask.Of(reject.Raw) : reject.Raw);

    /// <summary>Hands everything so far to the file, so that a full disk shows now.</summary>
    public Task FlushAsync() => writer.FlushAsync();

    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private Task WriteAsync(params IEnumerable<string?> cells) => writer.WriteAsync(CsvCell.QuotedLine(cells));
}
