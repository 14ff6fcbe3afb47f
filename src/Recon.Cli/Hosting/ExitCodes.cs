namespace Recon.Cli.Hosting;

/// <summary>The exit codes that scripts rely on. 130 and 143 are those of the signals, see <see cref="RunSignals"/>.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    public const int Unexpected = 1;

    /// <summary>Usage, definition, input or connection refused: nothing will change until somebody changes something.</summary>
    public const int Refused = 2;

    /// <summary>More records were rejected than allowed; nothing was published.</summary>
    public const int TooManyRejects = 3;

    /// <summary>Failed, and may work when tried again or resumed.</summary>
    public const int Failed = 4;

    /// <summary>Another run holds the pipeline.</summary>
    public const int Held = 5;
}
