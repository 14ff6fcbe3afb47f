namespace Recon.HubSpot.Updates;

/// <summary>The files of one kind, update or undo, by object type: an endpoint takes one type only.</summary>
/// <param name="single">The type of all records, whose files need no type in their names; <see langword="null"/> for several.</param>
internal sealed class BatchFiles(string folder, string prefix, string? single)
{
    private readonly SortedDictionary<string, BatchFileWriter> _writers = new(StringComparer.Ordinal);

    public IReadOnlyList<UpdateFile> Files => [.. _writers.Values.SelectMany(writer => writer.Files)];

    /// <summary>What goes to each endpoint. A pack of one type without a record has its endpoint all the same.</summary>
    public IReadOnlyList<PackObject> Objects => _writers.Count == 0 && single is not null
        ? [new PackObject(single, 0, 0)]
        : [.. _writers.Select(pair => new PackObject(pair.Key, pair.Value.Files.Sum(file => (long)file.Inputs), pair.Value.Files.Count))];

    public BatchFileWriter Of(string type)
    {
        if (!_writers.TryGetValue(type, out BatchFileWriter? writer))
        {
            writer = new BatchFileWriter(folder, type == single ? prefix : $"{prefix}-{type}", type);
            _writers.Add(type, writer);
        }

        return writer;
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (BatchFileWriter writer in _writers.Values)
        {
            await writer.FlushAsync(cancellationToken);
        }
    }
}
