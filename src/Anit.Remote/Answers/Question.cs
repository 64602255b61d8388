namespace Anit.Remote.Answers;

/// <summary>What a model is asked.</summary>
/// <param name="Prompt">The whole prompt: the user's message of a chat, or the text to go on with.</param>
/// <param name="MostTokens">Tokens the answer may have.</param>
/// <param name="OneLine">The answer ends with its line; what stands below is not wanted.</param>
public readonly record struct Question(string Prompt, int MostTokens, bool OneLine);

/// <summary>What it answered.</summary>
/// <param name="Text">The text as it came.</param>
/// <param name="CutOff">The answer reached the limit of tokens.</param>
public readonly record struct Answer(string Text, bool CutOff);
