package com.example;

class SharedOneIT extends SharedServer {}
