using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Cluster;

/// <summary>
/// The schema in which the processes of a job find each other: Orleans' membership tables, under Orleans' own names. It holds
/// nothing else, and nothing that would be missed: without it no run with workers begins.
/// </summary>
internal static class ClusterSchema
{
    /// <summary>The version of Orleans whose scripts are embedded; the one that is referred to.</summary>
    public const string Version = "10.4.2";

    /// <summary>A silo that has gone, as Orleans numbers it.</summary>
    private const int Dead = 6;

    public const string NameText = "recon_cluster";

    private const string Mark = "recon: where the workers of a run find each other, as Orleans " + Version + " wants it";

    /// <summary>After which rows of crashed jobs go.</summary>
    private static readonly TimeSpan s_forgotten = TimeSpan.FromDays(1);

    private static readonly string[] s_tables = ["orleansquery", "orleansmembershipversiontable", "orleansmembershiptable"];

    /// <summary>Its tables, as people write them.</summary>
    public static IReadOnlyList<string> Tables { get; } = [.. s_tables.Select(table => $"{NameText}.{table}")];

    private static SqlName Name { get; } = new(NameText);

    /// <summary>How silos connect: everything that they ask lies in this schema.</summary>
    /// <param name="server">The connection of recon, with its password.</param>
    public static string ConnectionString(string server) => new NpgsqlConnectionStringBuilder(server)
    {
        SearchPath = NameText,
        ApplicationName = "recon-cluster",
        Timezone = "UTC",
        MinPoolSize = 0,
        MaxPoolSize = 4,
        Timeout = 5,
        CommandTimeout = 5,
        KeepAlive = 10,
        IncludeErrorDetail = false,
    }.ConnectionString;

    public static async Task<ClusterSchemaState> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<(string? Comment, bool MayUse, bool MayCreate)> found = await SqlText.Of($"""
            select obj_description(n.oid, 'pg_namespace'),
                has_schema_privilege(n.oid, 'usage') and (select count(*) = $2 and coalesce(bool_and(
                    has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
                    and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete')), false)
                    from pg_class c where c.relnamespace = n.oid and c.relname = any ($3)),
                pg_has_role(n.nspowner, 'usage')
            from pg_namespace n where n.nspname = $1
            """).ListAsync(
                connection,
                row => (row.IsDBNull(0) ? null : row.GetString(0), row.GetBoolean(1), row.GetBoolean(2)),
                cancellationToken,
                SqlValue.Of(NameText),
                SqlValue.Of((long)s_tables.Length),
                SqlValue.Of(s_tables));
        if (found is [(var comment, var mayUse, var mayChange)])
        {
            return comment == Mark
                ? mayUse ? ClusterSchemaState.Ready : mayChange ? ClusterSchemaState.Outdated : ClusterSchemaState.Forbidden
                : mayChange ? ClusterSchemaState.Outdated : ClusterSchemaState.NotOurs;
        }

        return await SqlText.Of($"select has_database_privilege(current_database(), 'create')").ScalarAsync(connection, cancellationToken) is true
            ? ClusterSchemaState.Missing
            : ClusterSchemaState.NotAllowed;
    }

    /// <summary>Makes the schema, or brings it to this version; does nothing where it is as it should be.</summary>
    /// <exception cref="StagingException">This role may not, or may not use what is there.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ClusterSchemaState state = await LookAsync(connection, cancellationToken);
        if (state is ClusterSchemaState.Missing or ClusterSchemaState.Outdated)
        {
            await CreateAsync(connection, cancellationToken);
        }
        else if (state != ClusterSchemaState.Ready)
        {
            throw new StagingException(Tell(state));
        }
    }

    /// <summary>What is wrong, and what helps.</summary>
    public static string Tell(ClusterSchemaState state) => state switch
    {
        ClusterSchemaState.Ready => $"Schema {NameText} is there for workers.",
        ClusterSchemaState.Missing => $"Schema {NameText}, in which workers find each other, is missing; the first run with workers makes it.",
        ClusterSchemaState.Outdated => $"Schema {NameText} is not as this version of recon makes it; the next run with workers brings it up to date.",
        ClusterSchemaState.NotAllowed =>
            $"Schema {NameText}, in which workers find each other, is missing, and this role may not create it. "
            + $"A role that is allowed to can create it for this one: create schema {NameText} authorization ROLE;",
        ClusterSchemaState.NotOurs =>
            $"Schema {NameText} is not as this version of recon makes it, and belongs to another role. "
            + "'recon setup --cluster' by that role brings it up to date.",
        _ => $"This role may not use schema {NameText}. Its owner allows it: grant usage on schema {NameText} to ROLE; "
            + $"grant select, insert, update, delete on all tables in schema {NameText} to ROLE;",
    };

    /// <summary>
    /// Removes what a job that has ended left, once the last of its silos has gone, and what jobs left that nobody ended. A silo that is about
    /// to leave would wait for its row.
    /// </summary>
    public static async Task ForgetAsync(NpgsqlConnection connection, Guid job, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SqlText.Of($"""
            delete from {Table("orleansmembershiptable")}
            where (deploymentid = $1 and not exists (select 1 from {Table("orleansmembershiptable")} m
                where m.deploymentid = $1 and m.status <> {Dead} and m.iamalivetime > now() - make_interval(secs => 30))) or iamalivetime < now() - make_interval(secs => $2)
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(Id(job)), SqlValue.Of(s_forgotten));
        await SqlText.Of($"""
            delete from {Table("orleansmembershipversiontable")} v
            where (deploymentid = $1 or timestamp < now() - make_interval(secs => $2))
                and not exists (select 1 from {Table("orleansmembershiptable")} m where m.deploymentid = v.deploymentid)
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(Id(job)), SqlValue.Of(s_forgotten));
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The id of a job's cluster.</summary>
    public static string Id(Guid job) => job.ToString("N");

    private static async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SqlText.Of($"select pg_advisory_xact_lock(hashtextextended('recon cluster', 0))").ExecuteAsync(connection, cancellationToken);
        if (await LookAsync(connection, cancellationToken) != ClusterSchemaState.Ready)
        {
            // "If not exists" asks for the right to create, also where there is nothing to create.
            if (await SqlText.Of($"select 1 from pg_namespace where nspname = $1").ScalarAsync(connection, cancellationToken, SqlValue.Of(NameText)) is null)
            {
                await SqlText.Of($"create schema {Name}").ExecuteAsync(connection, cancellationToken);
            }

            await SqlText.Of($"set local search_path to {Name}").ExecuteAsync(connection, cancellationToken);
            foreach (string script in (string[])["PostgreSQL-Main.sql", "PostgreSQL-Clustering.sql"])
            {
                await Read(script).ExecuteAsync(connection, cancellationToken);
            }

            await SqlText.Of($"comment on schema {Name} is {new SqlLiteral(Mark)}").ExecuteAsync(connection, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static SqlTable Table(string name) => new(Name, new SqlName(name));

    // The text is a part of this assembly.
    private static SqlText Read(string resource)
    {
        using var reader = new StreamReader(typeof(ClusterSchema).Assembly.GetManifestResourceStream(resource)!);
        return SqlText.Trusted(reader.ReadToEnd());
    }
}
