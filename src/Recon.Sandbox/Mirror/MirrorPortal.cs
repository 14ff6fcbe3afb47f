using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Queries;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Mirror;

/// <summary>Makes a portal of the mirror tables of a definition. Nothing of it leads back to the server.</summary>
internal sealed class MirrorPortal
{
    /// <summary>The account of a definition that names none.</summary>
    public const long UsualPortal = 48_000_001;

    private MirrorPortal(SandboxPortal portal) => Portal = portal;

    public SandboxPortal Portal { get; }

    /// <summary>Rows that are no record here: without an id, with one that was there already, or of no object type.</summary>
    public long LeftOut { get; private set; }

    /// <summary>The tables of the definition that the server does not have.</summary>
    public List<string> Missing { get; } = [];

    /// <param name="schema">The schema to take instead of those that the definition names.</param>
    /// <exception cref="InvalidDataException">A table has no column of ids.</exception>
    public static async Task<MirrorPortal> LoadAsync(
        NpgsqlDataSource source, ValidDefinition definition, string? schema, TimeProvider clock, CancellationToken cancellationToken)
    {
        var loaded = new MirrorPortal(new SandboxPortal(definition.Hubspot?.Portal ?? UsualPortal, clock));
        foreach (MirrorSource mirror in MirrorSource.Of(definition, schema))
        {
            MirrorTable? table;
            await using (NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken))
            {
                table = await MirrorCatalog.FindAsync(connection, SqlTable.Parse(mirror.Table), cancellationToken);
            }

            if (table is null)
            {
                loaded.Missing.Add(mirror.Table);
            }
            else
            {
                await loaded.LoadAsync(source, mirror, table, cancellationToken);
            }
        }

        return loaded;
    }

    private async Task LoadAsync(NpgsqlDataSource source, MirrorSource mirror, MirrorTable table, CancellationToken cancellationToken)
    {
        Dictionary<string, ServedType> types = new(StringComparer.Ordinal);
        int told = table.Columns.Select(column => column.Name).ToList().IndexOf(MirrorSource.TypeColumn);
        foreach (string type in mirror.Type is { } one ? [one] : mirror.Pipelines.SelectMany(pipeline => pipeline.ObjectTypes).Distinct(StringComparer.Ordinal))
        {
            types.Add(type, new ServedType(Portal, type, mirror, table));
        }

        await foreach (string?[] row in MirrorTexts.ReadAsync(source, table, cancellationToken))
        {
            string? type = mirror.Type ?? (told < 0 ? null : MirrorSource.TypeOf(row[told]));
            if (type is not null && !types.ContainsKey(type))
            {
                types.Add(type, new ServedType(Portal, type, mirror, table));
            }

            LeftOut += type is not null && types[type].Add(row) ? 0 : 1;
        }

        foreach (ServedType type in types.Values)
        {
            type.Close();
        }
    }
}
