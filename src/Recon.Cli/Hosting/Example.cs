namespace Recon.Cli.Hosting;

/// <summary>A call of a command, as its help shows it.</summary>
/// <param name="Line">What to type, with the shipped sample's names.</param>
/// <param name="Purpose">What it is for, in one sentence.</param>
internal sealed record Example(string Line, string Purpose);
