using System.Text.Json.Serialization;

namespace Recon.Postgres.Staging;

/// <summary>How the published result of a pipeline came to be, and by what the next run knows it again.</summary>
/// <param name="Layout">Fingerprint of what its hashes depend on.</param>
/// <param name="Runs">The runs that left it, the whole one first, then those that wrote changes.</param>
/// <param name="Seed">Of the hashes.</param>
/// <param name="Server">Identifier of the server's files, and the database.</param>
/// <param name="Partition">The table that holds the rows.</param>
/// <param name="Oldest">The oldest transaction that was under way when it was published.</param>
/// <param name="Transaction">The one that published it.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record PublishedMark(
    string Layout, IReadOnlyList<Guid> Runs, long Seed, string Server, long Partition, long Oldest, long Transaction, long Rows);

[JsonSerializable(typeof(PublishedMark))]
internal sealed partial class PublishedMarkJson : JsonSerializerContext;
