using System.Data.Common;
using Npgsql;

namespace Recon.Postgres.Connections;

/// <summary>Reads Npgsql's form, <c>Host=…;Database=…</c>, without ever repeating a value in a message.</summary>
internal static class ConnectionKeywords
{
    private const string Forms =
        "Write Npgsql keywords (Host=…;Port=…;Database=…;Username=…), postgres://user@host:port/database, jdbc:postgresql://host:port/database, env:NAME or embedded.";

    public static NpgsqlConnectionStringBuilder Read(string text, string origin)
    {
        var words = new DbConnectionStringBuilder();
        try
        {
            words.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            throw new ConnectionSettingsException($"{origin} is not a connection string. {Forms}");
        }

        if (words.Count == 0)
        {
            throw new ConnectionSettingsException($"{origin} is empty. {Forms}");
        }

        var builder = new NpgsqlConnectionStringBuilder();
        foreach (string keyword in words.Keys)
        {
            Set(builder, keyword, words[keyword], origin);
        }

        // "host=a dbname=b" without semicolons reads as one long host name.
        return builder.Host?.Any(char.IsWhiteSpace) == true
            ? throw new ConnectionSettingsException($"{origin}: the host name holds a space. Separate keywords with semicolons. {Forms}")
            : builder;
    }

    public static void Set(NpgsqlConnectionStringBuilder builder, string keyword, object value, string origin)
    {
        try
        {
            builder[keyword] = value;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            bool isKnown = new NpgsqlConnectionStringBuilder().ContainsKey(keyword);
            throw new ConnectionSettingsException(isKnown
                ? $"{origin}: the value of \"{keyword}\" cannot be used."
                : $"{origin}: \"{keyword}\" is not a connection keyword. {Forms}");
        }
    }
}
