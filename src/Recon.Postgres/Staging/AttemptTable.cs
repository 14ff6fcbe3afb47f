using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>The table that a run fills.</summary>
/// <param name="Names">The number of the list of the raw values' names; <see langword="null"/> in the former layout.</param>
internal sealed record AttemptTable(SqlTable Name, RowLayout Layout, short? Names);
