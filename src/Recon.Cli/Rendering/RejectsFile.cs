using System.Globalization;
using System.Text;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Rendering;

/// <summary>
/// The CSV file of <c>--rejects</c>, for its owner only: every cell quoted, none that a spreadsheet would take for a formula.
/// It is written beside the one that is there and takes its place when it is whole: a command that is refused, killed or
/// fails leaves that one as it is.
/// </summary>
/// <remarks>What is there and empty, and what lies in <c>/dev</c>, may be a pipe or a device: it is written to as it is.</remarks>
internal sealed class RejectsFile : IAsyncDisposable
{
    private static readonly string s_header = CsvCell.QuotedLine(
        ["pipeline", "file", "line", "byte_offset", "column", "reason", "message", "raw_record"]);

    private readonly bool _mask;
    private readonly string _target;
    private readonly string _working;
    private StreamWriter? _writer;

    private RejectsFile(string path, string target, string working, bool mask)
    {
        Path = path;
        (_target, _working, _mask) = (target, working, mask);
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>Whether writing failed, so that the file is not whole.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Checks that the file can be written, without touching what is in it.</summary>
    /// <param name="named">What the command reads, which is not written over.</param>
    /// <exception cref="UsageException">It cannot be written, or holds something else than rejects.</exception>
    public static RejectsFile Check(string path, bool mask, NamedFiles named)
    {
        string working = path;
        try
        {
            if (named.Find(path) is { } what)
            {
                throw new UsageException($"--rejects would write over {what}: {path}. Name another file.");
            }

            if (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal))
            {
                // Such as /dev/stderr, a link to what cannot be opened by the name that it leads to.
                return new RejectsFile(path, path, path, mask);
            }

            string target = new FileInfo(path) is { LinkTarget: not null } link
                ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
                : System.IO.Path.GetFullPath(path);
            bool isFilled = new FileInfo(target) is { Exists: true, Length: > 0 };
            if (isFilled)
            {
                using var there = new FileStream(target, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
                byte[] start = new byte[s_header.Length];
                if (there.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || Encoding.UTF8.GetString(start) != s_header)
                {
                    throw new UsageException($"The file of --rejects is not replaced: {path} does not begin as rejects do. Name another file, or remove it.");
                }
            }

            bool isReplaced = isFilled || !File.Exists(target);
            working = isReplaced
                ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(target)!, $".{System.IO.Path.GetFileName(target)}.{Guid.NewGuid():N}")
                : target;
            if (isReplaced)
            {
                OwnerOnlyFile.Create(working).Dispose();
                File.Delete(working);
            }

            return new RejectsFile(path, target, working, mask);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of --rejects cannot be written: {WorkingCopy.Why(exception, working, path)}");
        }
    }

    public async Task<long> WriteAsync(
        NpgsqlDataSource source, StagingTables tables, string pipeline, Guid runId, CancellationToken cancellationToken)
    {
        long count = 0;
        await GuardAsync(async writer =>
        {
            await foreach ((string? file, RejectedRecord reject) in
                RejectsReader.ReadAsync(source, tables, pipeline, runId, cancellationToken))
            {
                await writer.WriteAsync(Line(pipeline, file, reject));
                count++;
            }

            // So that a full disk shows now.
            await writer.FlushAsync(cancellationToken);
        });
        return count;
    }

    /// <summary>Writes a reject that is in no table.</summary>
    public Task WriteAsync(string pipeline, string file, RejectedRecord reject)
        => GuardAsync(writer => writer.WriteAsync(Line(pipeline, file, reject)));

    /// <summary>Puts the file in its place. Without a reject it holds the header.</summary>
    public Task CompleteAsync() => GuardAsync(async writer =>
    {
        await writer.DisposeAsync();
        if (_working != _target)
        {
            File.Move(_working, _target, overwrite: true);
        }

        _writer = null;
    });

    /// <summary>Drops what was not completed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is null)
        {
            return;
        }

        try
        {
            await _writer.DisposeAsync();
        }
        catch (IOException)
        {
            // The failure has been reported by now.
        }

        if (_working != _target)
        {
            File.Delete(_working);
        }
    }

    private string Line(string pipeline, string? file, RejectedRecord reject) => CsvCell.QuotedLine(
    [
        pipeline,
        file,
        reject.Line.ToString(CultureInfo.InvariantCulture),
        reject.ByteOffset.ToString(CultureInfo.InvariantCulture),
        reject.Column,
        reject.Reason,
        reject.Message,
        _mask ? Mask.Of(reject.Raw) : reject.Raw,
    ]);

    private async Task GuardAsync(Func<StreamWriter, Task> write)
    {
        bool isDone = false;
        try
        {
            if (_writer is null)
            {
                _writer = OwnerOnlyFile.Create(_working);
                await _writer.WriteAsync(s_header);
            }

            await write(_writer);
            isDone = true;
        }
        finally
        {
            IsBroken |= !isDone;
        }
    }
}
