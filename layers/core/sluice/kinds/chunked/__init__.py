"""What kinds share that encode a film in chunks: plan them, encode each, encode the sound beside, join.

What the steps leave for each other lies in `work/<task id>/chunks/<number>/`: the plan, the recipes, and each chunk
under an address made from what it is. A chunk counts as made once its description is written, which the first to
finish does; so workers may start twice, be killed, or come back with a restarted task.
"""
