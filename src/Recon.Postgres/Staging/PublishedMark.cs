using System.Text.Json.Serialization;

namespace Recon.Postgres.Staging;

/// <summary>How the published result of a pipeline came to be, and by what the next run knows it again.</summary>
/// <param name="Layout">Fingerprint of what its hashes depend on.</param>
/// <param name="Runs">The runs whose entries tell of its records, the first of all records, the others of those that they found changed.</param>
/// <param name="Seed">Of the hashes.</param>
/// <param name="Server">Identifier of the server's files, and the database.</param>
/// <param name="Partition">The table that holds the rows.</param>
/// <param name="Oldest">The oldest transaction that was under way when it was published.</param>
/// <param name="Transaction">The one that published it.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record PublishedMark(
    string Layout, IReadOnlyList<Guid> Runs, long Seed, string Server, long Partition, long Oldest, long Transaction, long Rows)
{
    /// <summary>What its records came from; <see langword="null"/> where that cannot be told.</summary>
    public TracedRun? Traced { get; init; }

    /// <summary>The whole run that others have changed since; <see langword="null"/> where that is the first of <see cref="Runs"/>.</summary>
    public Guid? Base { get; init; }

    /// <summary>The run that wrote every row.</summary>
    [JsonIgnore]
    public Guid WholeRun => Base ?? Runs[0];
}

/// <summary>A run of whose records is known what they came from.</summary>
/// <param name="Origin">Everything but the records and the rows of the mirror.</param>
/// <param name="Since">The oldest transaction that was under way when it began to read the mirror.</param>
internal sealed record TracedRun(RecordOrigin Origin, long Since);

[JsonSerializable(typeof(PublishedMark))]
internal sealed partial class PublishedMarkJson : JsonSerializerContext;
