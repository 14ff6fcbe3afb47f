using Npgsql;
using Recon.Postgres.Embedded;

namespace Recon.Cli.Hosting;

/// <summary>Prints how to open psql, with the password in a file that only its owner reads, never on the screen.</summary>
internal static class PsqlAccess
{
    /// <returns>The command, quoted for a POSIX shell.</returns>
    public static string Command(string host, int port, string user, string database)
        => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"psql -h {Quote(host)} -p {port} -U {Quote(user)} -d {Quote(database)}");

    /// <summary>Writes the password file of an embedded server.</summary>
    /// <returns>The psql command that uses the file.</returns>
    public static string WritePassFile(EmbeddedPostgres server)
    {
        var builder = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        string path = Path.Combine(server.DataDirectory, "pgpass");
        File.Delete(path);
        using (StreamWriter writer = OwnerOnlyFile.Create(path))
        {
            writer.Write($"127.0.0.1:*:*:{builder.Username}:{builder.Password}\n");
        }

        return $"PGPASSFILE={Quote(path)} {Command("127.0.0.1", server.Port, builder.Username!, builder.Database!)}";
    }

    private static string Quote(string word)
        => word.All(character => char.IsAsciiLetterOrDigit(character) || "/._-:@".Contains(character, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
