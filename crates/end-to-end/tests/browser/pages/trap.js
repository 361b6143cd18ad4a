document.getElementById('two').addEventListener('blur', () => document.getElementById('one').focus());
