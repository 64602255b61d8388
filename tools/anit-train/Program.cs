using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Train;

var root = new RootCommand("Tunes LLaMA-family models on instruction rows: LoRA or full, plain or with adversarial embedding perturbations that answer to each row's noise.");
TrainCommand.Fill(root);
root.Add(TokenizerCommand.Create());
root.Add(MergeCommand.Create());
return App.Run(root, args, typeof(DataFormatException), typeof(UnsupportedTypeException));
