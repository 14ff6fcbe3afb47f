using System.Globalization;
using Recon.Postgres.Embedded;
using Recon.Testing;

// A process that tests stop or kill.
// FOLDER: runs an embedded server there until its standard input ends, and prints the server's port.
// run DEFINITION CONNECTION [LEAST]: runs the definition's first pipeline, and exits as recon does.
if (args[0] == "run")
{
    return await RunProcess.RunAsync(args[1], args[2], args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : null);
}

await using EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(
    new EmbeddedPostgresOptions { DataDirectory = args[0], Unsafe = true, Logger = new CallLogger(Console.Error.WriteLine) }, CancellationToken.None);
Console.WriteLine(server.Port.ToString(CultureInfo.InvariantCulture));
await Console.In.ReadToEndAsync();
return 0;
