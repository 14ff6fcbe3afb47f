using Npgsql;

namespace Recon.Postgres.Connections;

/// <summary>
/// Which server to connect to, where that was said, and how strictly its certificate is checked. Immutable; its text
/// form never holds a secret.
/// </summary>
internal sealed class ConnectionSettings
{
    /// <summary>The word that stands for the private server of <c>Recon.Postgres.Embedded</c>.</summary>
    public const string EmbeddedKeyword = "embedded";

    /// <summary>The variable that names a replica for lookups.</summary>
    public const string ReplicaVariable = "RECON_POSTGRES_READ";

    private const string EnvironmentPrefix = "env:";

    // Never handed out: CreateBuilder gives copies. Null for the embedded server.
    private readonly NpgsqlConnectionStringBuilder? _builder;

    private ConnectionSettings(string origin, NpgsqlConnectionStringBuilder? builder)
    {
        Origin = origin;
        _builder = builder;
    }

    /// <summary>Where the connection was said: <c>--postgres</c>, <c>RECON_POSTGRES</c>, <c>PGHOST</c>, or the definition.</summary>
    public string Origin { get; }

    /// <summary>Whether the private server is meant; then there is nothing to connect to until it is started.</summary>
    public bool IsEmbedded => _builder is null;

    /// <summary>
    /// Decides on the connection: the argument, else <c>RECON_POSTGRES</c>, else <c>PGHOST</c> and its companions, else
    /// the definition.
    /// </summary>
    /// <param name="argument">The value of <c>--postgres</c>, if given.</param>
    /// <param name="definition">The definition's <c>postgres</c>: <c>embedded</c>, <c>env:NAME</c>, or a connection
    /// string without a password.</param>
    /// <param name="environment">Reads a variable; the process's own when <see langword="null"/>.</param>
    /// <exception cref="ConnectionSettingsException">The deciding text cannot be used.</exception>
    public static ConnectionSettings Resolve(
        string? argument, string definition, bool insecureTls, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        if (!string.IsNullOrWhiteSpace(argument))
        {
            return Parse(argument, "--postgres", insecureTls, environment);
        }

        if (environment("RECON_POSTGRES") is { Length: > 0 } variable)
        {
            return Parse(variable, "RECON_POSTGRES", insecureTls, environment);
        }

        if (environment("PGHOST") is { Length: > 0 })
        {
            return Complete(new NpgsqlConnectionStringBuilder(), "PGHOST", insecureTls, environment);
        }

        ConnectionSettings settings = Parse(definition, "the definition's \"postgres\"", insecureTls, environment);
        bool isSecretInFile = !definition.TrimStart().StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)
            && !settings.IsEmbedded && ReadForm(definition, settings.Origin).Password is { Length: > 0 };
        return isSecretInFile
            ? throw new ConnectionSettingsException(
                "The definition's \"postgres\" holds a password. Take it out; give it by PGPASSWORD or ~/.pgpass, or write \"env:NAME\" and put the whole connection string into that variable.")
            : settings;
    }

    /// <summary>Decides on the replica that lookups ask: the argument, else <c>RECON_POSTGRES_READ</c>.</summary>
    /// <param name="argument">The value of <c>--postgres-read</c>, if given.</param>
    /// <returns>The replica; <see langword="null"/> for none.</returns>
    /// <exception cref="ConnectionSettingsException">The deciding text cannot be used.</exception>
    public static ConnectionSettings? ResolveReplica(string? argument, bool insecureTls, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        (string? text, string origin) = string.IsNullOrWhiteSpace(argument)
            ? (environment(ReplicaVariable), ReplicaVariable)
            : (argument, "--postgres-read");
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        ConnectionSettings replica = Parse(text, origin, insecureTls, environment);
        return replica.IsEmbedded
            ? throw new ConnectionSettingsException($"{origin} says \"{text}\", but the embedded server has no replica. Name a streaming replica of the server, or leave it out.")
            : replica;
    }

    /// <param name="text"><c>embedded</c>, <c>env:NAME</c>, Npgsql keywords, <c>postgres://…</c>, <c>postgresql://…</c>,
    /// or <c>jdbc:postgresql://…</c>.</param>
    /// <param name="insecureTls">Whether certificates of other hosts may go unchecked.</param>
    /// <param name="environment">Reads a variable; the process's own when <see langword="null"/>.</param>
    /// <exception cref="ConnectionSettingsException">The text cannot be used.</exception>
    public static ConnectionSettings Parse(
        string text, string origin, bool insecureTls, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        text = text.Trim();
        if (text.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
        {
            string name = text[EnvironmentPrefix.Length..].Trim();
            string value = environment(name)?.Trim() ?? "";
            if (value.Length == 0 || value.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            {
                throw new ConnectionSettingsException(
                    $"{origin} says \"{text}\", but the variable {name} {(value.Length == 0 ? "is not set" : "refers to another variable")}. Put the connection string into it.");
            }

            return Parse(value, $"{origin}, variable {name}", insecureTls, environment);
        }

        return IsEmbeddedWord(text)
            ? new ConnectionSettings(origin, null)
            : Complete(ReadForm(text, origin), origin, insecureTls, environment);
    }

    /// <summary>A copy of the settings as Npgsql has them, password included.</summary>
    /// <exception cref="InvalidOperationException">The settings are those of the embedded server.</exception>
    public NpgsqlConnectionStringBuilder CreateBuilder() => _builder is null
        ? throw new InvalidOperationException("The embedded server has no connection before it is started.")
        : new NpgsqlConnectionStringBuilder(_builder.ConnectionString);

    /// <summary>Whether a text stands for the embedded server.</summary>
    internal static bool IsEmbeddedWord(string text) => text.Trim().Equals(EmbeddedKeyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>The server for people and logs: <c>host:port/database as user</c>. The folder of a socket is not told.</summary>
    public string Describe() => _builder is null
        ? "the embedded PostgreSQL"
        : $"{(_builder.Host is ['/' or '@', ..] ? "socket" : _builder.Host)}:{_builder.Port}/{_builder.Database} as {_builder.Username}";

    /// <inheritdoc cref="Describe"/>
    public override string ToString() => Describe();

    private static NpgsqlConnectionStringBuilder ReadForm(string text, string origin) =>
        text.StartsWith("jdbc:", StringComparison.OrdinalIgnoreCase) ? ConnectionUri.ReadJdbc(text, origin)
        : text.Contains("://", StringComparison.Ordinal) && text.IndexOf('=', StringComparison.Ordinal) is int equals
            && (equals < 0 || equals > text.IndexOf("://", StringComparison.Ordinal)) ? ConnectionUri.ReadUri(text, origin)
        : ConnectionKeywords.Read(text, origin);

    private static ConnectionSettings Complete(
        NpgsqlConnectionStringBuilder builder, string origin, bool insecureTls, Func<string, string?> environment)
    {
        ConnectionEnvironment.Fill(builder, origin, environment);
        TlsRule.Apply(builder, origin, insecureTls);
        TlsFiles.Require(builder, origin);
        builder.IncludeErrorDetail = false;
        builder.PersistSecurityInfo = false;
        return new ConnectionSettings(origin, builder);
    }
}
