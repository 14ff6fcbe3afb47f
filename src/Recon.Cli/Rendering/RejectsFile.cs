using Npgsql;
using Recon.Cli.Hosting;
using Recon.Postgres.Staging;

namespace Recon.Cli.Rendering;

/// <summary>
/// The file of <c>--rejects</c> of a job. It replaces a previous one only when there is something to write: a run that
/// is refused leaves that as it is.
/// </summary>
internal sealed class RejectsFile : IAsyncDisposable
{
    private readonly bool _mask;
    private RejectsCsv? _csv;

    private RejectsFile(string path, bool mask)
    {
        Path = path;
        _mask = mask;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether writing failed, so that the file is not whole.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Checks that the file can be written, without touching what is in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mask">Whether raw records are masked.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static RejectsFile Check(string path, bool mask)
    {
        try
        {
            // What is empty may be a pipe, whose reader would see it end here.
            if (new FileInfo(path) is { Exists: true, Length: > 0 })
            {
                using var there = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
            }
            else if (!File.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                OwnerOnlyFile.Create(path).Dispose();
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of --rejects cannot be written: {exception.Message}");
        }

        return new RejectsFile(path, mask);
    }

    /// <summary>Writes the rejects of a pipeline's run.</summary>
    /// <param name="source">Connections.</param>
    /// <param name="tables">The staging names.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The number of rejects.</returns>
    public async Task<long> WriteAsync(
        NpgsqlDataSource source, StagingTables tables, string pipeline, Guid runId, CancellationToken cancellationToken)
    {
        bool isWhole = false;
        try
        {
            _csv ??= await RejectsCsv.CreateAsync(Path, _mask);
            long count = await _csv.WriteAsync(source, tables, pipeline, runId, cancellationToken);
            await _csv.FlushAsync();
            isWhole = true;
            return count;
        }
        finally
        {
            IsBroken |= !isWhole;
        }
    }

    /// <summary>Completes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_csv is not null)
            {
                await _csv.DisposeAsync();
            }
        }
        catch (IOException) when (IsBroken)
        {
            // At this point the failure has been reported.
        }
    }
}
