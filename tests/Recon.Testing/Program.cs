using System.Globalization;
using Recon.Postgres.Embedded;

// Runs an embedded server in the folder named by the first argument until its standard input ends or it is killed;
// tests kill it. Prints the server's port.
await using EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(
    new EmbeddedPostgresOptions { DataDirectory = args[0], Unsafe = true, Report = Console.Error.WriteLine }, CancellationToken.None);
Console.WriteLine(server.Port.ToString(CultureInfo.InvariantCulture));
await Console.In.ReadToEndAsync();
