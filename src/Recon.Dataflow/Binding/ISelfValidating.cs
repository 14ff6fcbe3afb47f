namespace Recon.Dataflow.Binding;

/// <summary>A definition record that knows rules about its own members which no attribute expresses.</summary>
internal interface ISelfValidating
{
    /// <summary>Checks the record. Called once it is bound, also when other parts of the file are wrong; must not throw.</summary>
    /// <returns>
    /// One entry per problem: the member at fault (the property's name, as <c>nameof</c> gives it, or the key in the
    /// file; empty for the record as a whole) and what is wrong and what to do about it.
    /// </returns>
    IEnumerable<(string Member, string Message)> Validate();
}
